SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  // Nothing is asked of anybody else, the validator of the makers included.
  validatorUrl: null,
});
