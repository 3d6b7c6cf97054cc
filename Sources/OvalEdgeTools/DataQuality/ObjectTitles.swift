import OvalEdge

/// What objects are called, by kind and id.
struct ObjectTitles: Sendable {
    private let titles: [(object: QualityObject, title: String)]

    init(_ titles: [(object: QualityObject, title: String)]) { self.titles = titles }

    /// The types of a reply may be left out.
    subscript(id: Int?, type: String?) -> String? { titles.first { $0.object.isNamed(id, type) }?.title }
}
