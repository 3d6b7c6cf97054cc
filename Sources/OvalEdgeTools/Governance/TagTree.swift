import OvalEdge

/// The tags below which a new one may be put, read branch by branch.
struct TagTree {
    private let ovalEdge: OvalEdgeAPI
    private let options: TagOptions
    private let master: Int?

    /// As many branches as are opened in search of one tag.
    private static let mostBranches = 12

    init(_ ovalEdge: OvalEdgeAPI, _ options: TagOptions, under master: Int?) {
        self.ovalEdge = ovalEdge
        self.options = options
        self.master = master
    }

    /// Right below `branch`, or at the top.
    func places(under branch: Int?) async throws -> [TagPlace] {
        if branch == nil && master == nil { return options.parents }
        return try await ovalEdge.send(.tagPlaces(under: master, branch: branch)).opened().parents
    }

    /// From the top down to the tag; nil when it is not there.
    ///
    /// `branch` is where it was seen, and is looked at first.
    func path(to id: Int, from branch: Int?) async throws -> [TagPlace]? {
        if let branch, let place = try await places(under: branch).first(where: { $0.id == id }) {
            return (try await search(for: branch) ?? []) + [place]
        }
        return try await search(for: id)
    }

    /// Breadth first, because most tags are near the top.
    private func search(for id: Int) async throws -> [TagPlace]? {
        var waiting = try await places(under: nil).map { [$0] }
        var seen: Set<Int> = []
        var opened = 0
        var next = 0
        while next < waiting.count {
            let path = waiting[next]
            next += 1
            guard let place = path.last, seen.insert(place.id).inserted else { continue }
            if place.id == id { return path }
            guard place.hasChildren != false, opened < Self.mostBranches else { continue }
            opened += 1
            waiting += try await places(under: place.id).map { path + [$0] }
        }
        return nil
    }
}
