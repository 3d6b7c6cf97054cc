import JSON
import MCP
import OvalEdge
import Rendering
import Text

/// The places of the glossary, level by level: found by id or name, or offered for choice.
struct GlossaryBrowser {
    /// Where to look: all domains, the categories of one, the subcategories of a category.
    struct Location {
        let level: GlossaryLevel
        let domain: Int?
        let category: Int?

        init(_ level: GlossaryLevel, domain: Int? = nil, category: Int? = nil) {
            self.level = level
            self.domain = domain
            self.category = category
        }
    }

    enum Finding {
        case place(GlossaryPlace)
        /// The level is empty there, and nothing on it was asked for.
        case nothing
        case question(Answer)
    }

    private let ovalEdge: OvalEdgeAPI
    private let page: Int
    private let size: Int

    /// `page` and `size` are what to show where a person has to choose.
    init(_ ovalEdge: OvalEdgeAPI, page: Int, size: Int) {
        self.ovalEdge = ovalEdge
        self.page = page
        self.size = min(size, Self.most)
    }

    func list(_ spot: Location) async throws -> Answer {
        let places = try await places(spot, page: page, size: size)
        let next: Inline = "To create a term in one of them, call with `term_name` and \(code: spot.level.argument)."
        return pageOfChoices(places, spot, places.isEmpty ? none : "These exist.", next: next)
    }

    private var none: Inline {
        page == 0 ? "No entries found here." : "Page \(page) is empty; pages start at 0."
    }

    func find(_ spot: Location, id: Int?, name: String?) async throws -> Finding {
        guard id != nil || name != nil else {
            let places = try await places(spot, page: page, size: size)
            guard !places.isEmpty || page > 0 else { return .nothing }
            return .question(pageOfChoices(places, spot, "Which \(words: spot.level.title) should it be in?"))
        }
        let places = try await all(spot)
        if let id {
            if let place = places.first(where: { $0.id == id }) { return .place(place) }
            return .question(choices(places, spot, "There is no \(words: spot.level.title) \(id) here."))
        }
        let fitting = Self.fitting(name ?? "", among: places)
        if fitting.count == 1 { return .place(fitting[0]) }
        let question: Inline =
            fitting.isEmpty
            ? "There is no \(words: spot.level.title) called \(bold: name ?? "") here."
            : "\(bold: name ?? "") is ambiguous."
        return .question(choices(fitting.isEmpty ? places : fitting, spot, question))
    }

    /// Those of the very name, else those whose names hold it; case, spaces, `_` and `-` do not count.
    private static func fitting(_ name: String, among places: [GlossaryPlace]) -> [GlossaryPlace] {
        let same = places.filter { Suggestion.isSame($0.name, name) }
        if !same.isEmpty { return same }
        let wanted = Suggestion.folded(name)
        return wanted.isEmpty ? [] : places.filter { Suggestion.folded($0.name).holds(wanted) }
    }

    private func pageOfChoices(
        _ places: [GlossaryPlace],
        _ spot: Location,
        _ question: Inline,
        next: Inline? = nil
    ) -> Answer {
        choices(places, spot, question, next: next, mayHaveMore: places.count == size)
    }

    private func choices(
        _ places: [GlossaryPlace],
        _ spot: Location,
        _ question: Inline,
        next: Inline? = nil,
        mayHaveMore: Bool = false
    ) -> Answer {
        var advice: [Inline] = []
        if let skip = spot.level.skip {
            advice.append(
                """
                To skip this level, call with \(code: skip.argument): true and, once the person has confirmed it, \
                \(code: skip.confirmation): true.
                """
            )
        }
        if mayHaveMore { advice.append("There may be more: call again with `page` \(page + 1).") }
        return Choices(
            question,
            selecting: spot.level.argument,
            places.map { Choices.Item(id: $0.id, name: $0.name) },
            next: next,
            advice: advice,
            more: [("page", .int(page)), ("hasMore", .bool(mayHaveMore))]
        ).answer
    }

    private static let most = 500
    /// More pages than any glossary has, so that a product that repeats itself is not asked for ever.
    private static let mostPages = 20

    private func all(_ spot: Location) async throws -> [GlossaryPlace] {
        var all: [GlossaryPlace] = []
        for page in 0..<Self.mostPages {
            let places = try await places(spot, page: page, size: Self.most)
            all += places
            if places.count < Self.most { break }
        }
        return all
    }

    private func places(_ spot: Location, page: Int, size: Int) async throws -> [GlossaryPlace] {
        try await ovalEdge.send(
            .glossaryPlaces(on: spot.level, domain: spot.domain, category: spot.category, page: page, size: size)
        ).opened().places
    }
}

extension GlossaryLevel {
    fileprivate var title: String { self == .domain ? "domain" : rawValue }
    fileprivate var argument: String { "\(title)_id" }

    /// The arguments that leave this level out; a domain cannot be.
    fileprivate var skip: (argument: String, confirmation: String)? {
        self == .domain ? nil : ("skip_\(rawValue)", "\(rawValue)_skip_confirmed")
    }
}
