/// Sorting by places: what the compiler makes for each type of element is 8 kB of the program, and so is made once.
enum LargePlaces {
    /// The places of a list in the order of its elements; equals stay as they are.
    @inline(never) static func sorted(_ count: Int, _ isBefore: (Int, Int) -> Bool) -> [Int] {
        Array(0..<count).sorted(by: isBefore)
    }
}
