/// How much the bodies hold that are under way; belongs to the engine.
final class ReplyMemory {
    let limit: Int
    private var held = 0

    init(limit: Int) { self.limit = limit }

    /// False where that would be too much.
    func take(_ count: Int) -> Bool {
        guard held + count <= limit else { return false }
        held += count
        return true
    }

    func giveBack(_ count: Int) { held -= count }
}
