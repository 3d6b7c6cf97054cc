/// A pattern for whole names: `*` stands for any characters, `?` for one; letters count as they are written.
package struct Glob: Hashable, Sendable {
    package let pattern: String
    private let characters: [Character]

    package init(_ pattern: String) {
        self.pattern = pattern
        characters = Array(pattern)
    }

    package func matches(_ name: String) -> Bool {
        let name = Array(name)
        var (place, at) = (0, 0)
        /// Where the last `*` is, and up to where it reaches so far: only the last one ever has to reach further.
        var star: (place: Int, end: Int)?
        while at < name.count {
            if place < characters.count, characters[place] == "*" {
                star = (place, at)
                place += 1
            } else if place < characters.count, characters[place] == "?" || characters[place] == name[at] {
                place += 1
                at += 1
            } else if let last = star {
                star = (last.place, last.end + 1)
                place = last.place + 1
                at = last.end + 1
            } else {
                return false
            }
        }
        return characters[place...].allSatisfy { $0 == "*" }
    }
}
