//! How far a command is that has many rows before it, and how quickly it goes.

use std::{fmt, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};

/// A bar on the standard error; it draws nothing where that is no terminal.
pub(crate) struct Bar(ProgressBar);

/// How many records a command has been through, and in which time.
pub(crate) struct Rate {
    records: u64,
    time: Duration,
}

impl Bar {
    /// Nothing is done yet.
    pub fn new() -> Self {
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} ({per_sec}, {eta} left)") {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Shows how many rows are done, and of how many.
    pub fn show(&self) -> impl Fn(u64, u64) {
        move |done, total| {
            self.0.set_length(total);
            self.0.set_position(done);
        }
    }

    /// Takes the bar away.
    pub fn finish(self) -> Rate {
        self.0.finish_and_clear();
        Rate { records: self.0.position(), time: self.0.elapsed() }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { records, time } = self;
        #[expect(clippy::cast_precision_loss, reason = "nobody has as many")]
        let per_second = *records as f64 / time.as_secs_f64().max(0.001);
        write!(f, "{records} records in {} s, {per_second:.0} a second", time.as_secs())
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use indicatif::{ProgressDrawTarget, TermLike};

    use super::*;

    /// All that was written to a terminal, wherever its cursor was.
    #[derive(Clone, Debug, Default)]
    struct Screen(Arc<Mutex<String>>);

    impl Screen {
        fn write(&self, text: &str) {
            self.0.lock().unwrap().push_str(text);
        }
    }

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            80
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, text: &str) -> io::Result<()> {
            self.write(text);
            Ok(())
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.write(text);
            Ok(())
        }
        fn clear_line(&self) -> io::Result<()> {
            Ok(())
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_bar_shows_what_is_done_of_how_much_and_how_quickly() {
        let (bar, screen) = (Bar::new(), Screen::default());
        bar.0.set_draw_target(ProgressDrawTarget::term_like(Box::new(screen.clone())));
        bar.show()(3, 10);
        bar.0.tick();
        let shown = screen.0.lock().unwrap().clone();
        let (_, shown) = shown.rsplit_once("3/10 (").unwrap_or_else(|| panic!("{shown}"));
        let (rate, left) = shown.split_once("/s, ").unwrap();
        assert!(rate.replace(',', "").parse::<f64>().is_ok() && left.trim_end().ends_with(" left)"), "{shown}");
    }

    #[test]
    fn a_rate_is_told_by_the_second() {
        let told = |records, ms| Rate { records, time: Duration::from_millis(ms) }.to_string();
        assert_eq!(told(1_290, 15_040), "1290 records in 15 s, 86 a second");
        assert_eq!(told(3, 500), "3 records in 0 s, 6 a second");
        assert_eq!(told(0, 0), "0 records in 0 s, 0 a second");
    }
}
