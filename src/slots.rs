//! Places in a list by number, of which those that were freed are used again.

/// Puts an item into the place that was freed last, or at the end; gives the place's number.
pub fn fill<T>(places: &mut Vec<T>, free: &mut Vec<u32>, item: T) -> u32 {
    match free.pop() {
        Some(at) => {
            places[at as usize] = item;
            at
        }
        None => {
            places.push(item);
            places.len() as u32 - 1
        }
    }
}
