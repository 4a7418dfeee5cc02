use std::sync::Arc;
use streamglass::clickstream::{Config, Generator, Sent, Sink};
use streamglass::rng::Seed;
use streamglass::time::Micros;
struct Print;
impl Sink for Print {
    fn record(&mut self, r: &Sent<'_>) {
        println!(
            "{:?} {} {}",
            r.stream,
            r.arrival.0 - r.event_time.0,
            String::from_utf8_lossy(r.value)
        );
    }
}
#[test]
fn smoke() {
    let mut g = Generator::new(Arc::new(Config::default()), Seed(1));
    g.run(Micros(i64::MAX), 30, &mut Print);
    println!("{:?}", g.counters());
}
