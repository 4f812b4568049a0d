//! What AWS charges, and what a request costs by it.

use std::time::Duration;

use local::Calls;

/// When these list prices were read. us-east-1, arm64, without a free tier; dollars.
pub const READ_IN: &str = "2026-09";
const API_REQUEST: f64 = 1.00e-6;
const INVOCATION: f64 = 0.20e-6;
const GB_SECOND: f64 = 0.000_013_333_4;
/// The access log's line and our own. Of Lambda's, those of failed calls alone are written.
const KILOBYTE_OF_LOG: f64 = 0.48e-6;
/// Of up to 1 kB.
const WRITE: f64 = 0.625e-6;
/// Of up to 4 kB, strongly consistent.
const READ: f64 = 0.125e-6;
const KMS_CALL: f64 = 3.00e-6;
const MAIL: f64 = 100.00e-6;

/// Where a function has one processor to itself; with less memory it has a share. MB.
const WHOLE_PROCESSOR: f64 = 1769.0;
/// How long a function waits for an answer in the same region. Published figures: 3 to 4 ms, 10 ms, and a guess.
const DYNAMODB_WAIT: Duration = Duration::from_millis(4);
const KMS_WAIT: Duration = Duration::from_millis(10);
const SES_WAIT: Duration = Duration::from_millis(50);

/// One request of one kind.
pub struct Request<'a> {
    /// Memory of the function, MB.
    pub memory: u32,
    /// CPU time.
    pub cpu: Duration,
    /// What it asks AWS, limits' counters included.
    pub calls: &'a Calls,
    /// Whether it comes through API Gateway.
    pub is_http: bool,
}

impl Request<'_> {
    /// For how long Lambda bills it: CPU time, stretched where the function has a share of a processor, and waiting.
    #[must_use]
    pub fn billed(&self) -> Duration {
        let stretch = (WHOLE_PROCESSOR / f64::from(self.memory)).max(1.0);
        let waits = [(&self.calls.dynamodb, DYNAMODB_WAIT), (&self.calls.kms, KMS_WAIT), (&self.calls.ses, SES_WAIT)];
        let waits = waits.map(|(calls, wait)| wait.mul_f64(count(calls.values())));
        self.cpu.mul_f64(stretch) + waits.into_iter().sum::<Duration>()
    }

    /// Dollars for a million of them.
    #[must_use]
    pub fn per_million(&self) -> f64 {
        let gigabytes = f64::from(self.memory) / 1024.0;
        let compute = INVOCATION + GB_SECOND * gigabytes * self.billed().as_secs_f64() + KILOBYTE_OF_LOG;
        let kms = KMS_CALL * count(self.calls.kms.values());
        let ses = MAIL * count(self.calls.ses.values());
        let api = if self.is_http { API_REQUEST } else { 0.0 };
        (api + compute + self.dynamodb() + kms + ses) * 1e6
    }

    /// Items are within one unit. A transaction takes two units for each of its parts.
    fn dynamodb(&self) -> f64 {
        let price = |(operation, calls): (&String, &u64)| {
            let each = match operation.as_str() {
                "GetItem" | "Query" => READ,
                "TransactWriteItems" => 0.0,
                _ => WRITE,
            };
            each * count([calls])
        };
        self.calls.dynamodb.iter().map(price).sum::<f64>() + 2.0 * WRITE * count([&self.calls.transacted])
    }
}

#[expect(clippy::cast_precision_loss, reason = "nobody makes so many calls")]
fn count<'a>(numbers: impl IntoIterator<Item = &'a u64>) -> f64 {
    numbers.into_iter().sum::<u64>() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_costs_what_the_price_list_says() {
        let dynamodb = [("GetItem", 3), ("UpdateItem", 1), ("TransactWriteItems", 1)];
        let dynamodb = dynamodb.map(|(name, count)| (name.to_owned(), count)).into();
        let calls = Calls { dynamodb, transacted: 3, ..Calls::default() };
        let login = Request { memory: 1769, cpu: Duration::from_millis(20), calls: &calls, is_http: true };
        assert_eq!(login.billed(), Duration::from_millis(40));
        // 1 + 0.2 + 0.48 for the request, 0.922 for 40 ms, 0.375 for the reads, 0.625 for the update, 3.75 for a
        // transaction of three.
        assert!((login.per_million() - 7.352).abs() < 0.001, "{}", login.per_million());
    }

    #[test]
    fn half_a_processor_takes_twice_as_long() {
        let (calls, cpu) = (Calls::default(), Duration::from_millis(10));
        let billed = |memory| Request { memory, cpu, calls: &calls, is_http: true }.billed().as_millis();
        assert_eq!((billed(884), billed(1769), billed(3538)), (20, 10, 10));
    }
}
