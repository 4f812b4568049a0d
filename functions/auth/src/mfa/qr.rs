//! QR codes as SVG.

use std::fmt::Write;

use qrcodegen::{QrCode, QrCodeEcc};
use shared::error::Error;
use zeroize::Zeroizing;

/// Light modules around the code: without them cameras do not find it (ISO/IEC 18004).
const MARGIN: i32 = 4;

/// A text as a QR code: an SVG document of one rectangle and one path, black on white under every theme, with no script and no style. It
/// says as much as the text does, so it is as secret.
///
/// # Errors
/// `Internal` when the text is longer than any code.
pub fn qr_svg(text: &str) -> Result<Zeroizing<String>, Error> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).map_err(|_| Error::internal("no QR code is that long"))?;
    let size = code.size();
    let width = size + 2 * MARGIN;
    // A module takes 15 characters at most, and half of them are dark: growing would leave copies of a secret behind.
    let modules = usize::try_from(size * size).unwrap_or_default();
    let mut svg = Zeroizing::new(String::with_capacity(256 + 15 * modules));
    let _ = write!(
        svg,
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {width}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{width}v{width}H0z"/><path d=""##
    );
    for y in 0..size {
        for x in (0..size).filter(|x| code.get_module(*x, y)) {
            let _ = write!(svg, "M{} {}h1v1h-1z", x + MARGIN, y + MARGIN);
        }
    }
    svg.push_str(r#""/></svg>"#);
    Ok(svg)
}
