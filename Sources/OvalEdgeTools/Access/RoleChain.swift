import JSON
import MCP
import OvalEdge
import Rendering

/// The roles that are had directly and those that these inherit, step by step.
struct RoleChain: Sendable {
    static let mostRequests = 40
    private static let atOnce = 4
    private static let mostCycles = 10

    struct Role: Hashable, Sendable {
        let name: String
        /// 1 for what is had directly.
        let steps: Int
        /// The roles that inherit it; empty where it is had directly.
        var through: [String] = []
    }

    /// In the order of their steps.
    private(set) var roles: [Role]
    /// Each way that leads back to where it began.
    private(set) var cycles: [[String]] = []
    /// Roles whose parents could not be read.
    private(set) var unread: [String] = []
    /// Roles whose parents were not asked for, because there are too many.
    private(set) var notAsked: [String] = []

    private var places: [String: Int]
    private var parents: [String: [String]] = [:]

    /// `start` is the role that was asked about, where the question began with one.
    init(_ names: [String], of start: String?) {
        roles = names.map { Role(name: $0, steps: 1) }
        places = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
        if let start { parents[start] = names }
    }

    /// Asks for the parents of each role once, those next to the start first.
    mutating func follow(
        _ progress: Progress,
        parents ask: @escaping @Sendable (_ role: String) async -> Result<[String], OvalEdgeError>
    ) async throws(OvalEdgeError) {
        var asked = 0
        var waiting = roles.map { $0.name }[...]
        while !waiting.isEmpty, asked < Self.mostRequests {
            let batch = Array(waiting.prefix(min(Self.atOnce, Self.mostRequests - asked)))
            waiting = waiting.dropFirst(batch.count)
            progress.report(Double(asked + 1), "Parents of role \(batch[0])")
            asked += batch.count
            for (role, answer) in await Self.answers(for: batch, ask) {
                do {
                    waiting += inherit(try answer.get(), by: role)
                } catch  where error.isCancellation {
                    throw error
                } catch {
                    unread.append(role)
                }
            }
        }
        notAsked = Array(waiting)
        findCycles()
    }

    private static func answers(
        for batch: [String],
        _ ask: @escaping @Sendable (String) async -> Result<[String], OvalEdgeError>
    ) async -> [(role: String, answer: Result<[String], OvalEdgeError>)] {
        await withTaskGroup(of: (Int, Result<[String], OvalEdgeError>).self) { group in
            for (index, role) in batch.enumerated() { group.addTask { (index, await ask(role)) } }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map { (batch[$0.0], $0.1) }
        }
    }

    /// Notes whom `role` inherits from; returns those whose parents are not asked for yet.
    private mutating func inherit(_ names: [String], by role: String) -> [String] {
        let steps = places[role].map { roles[$0].steps } ?? 0
        parents[role] = names
        var new: [String] = []
        for name in names {
            if let place = places[name] {
                if roles[place].steps > 1 { roles[place].through.append(role) }
            } else if parents[name] == nil {
                places[name] = roles.count
                roles.append(Role(name: name, steps: steps + 1, through: [role]))
                new.append(name)
            }
        }
        return new
    }

    /// Walks every way once; a role that is on the way already closes a cycle.
    private mutating func findCycles() {
        var done: Set<String> = []
        for start in parents.keys.sorted() where !done.contains(start) {
            var way: [(role: String, rest: ArraySlice<String>)] = [(start, (parents[start] ?? [])[...])]
            while var step = way.popLast() {
                guard let next = step.rest.popFirst() else {
                    done.insert(step.role)
                    continue
                }
                way.append(step)
                if let begin = way.firstIndex(where: { $0.role == next }) {
                    guard cycles.count < Self.mostCycles else { return }
                    cycles.append(way[begin...].map { $0.role } + [next])
                } else if !done.contains(next) {
                    way.append((next, (parents[next] ?? [])[...]))
                }
            }
        }
    }
}

extension RoleChain {
    /// What is missing, and what is odd, in sentences.
    var notes: [Inline] {
        var notes: [Inline] = cycles.map {
            "These roles inherit one another in a cycle: \(escaped: $0.joined(separator: " → "))."
        }
        if !unread.isEmpty { notes.append("The parents of \(Self.list(unread)) could not be read.") }
        if !notAsked.isEmpty {
            notes.append(
                """
                The parents of \(Self.list(notAsked)) were not asked for, as one call makes \(Self.mostRequests) \
                requests at most; go on with `query_direction` `role_to_parent_roles` for each.
                """
            )
        }
        return notes
    }

    private static func list(_ names: [String]) -> Inline {
        let more: Inline = names.count > mostNamed ? " and \(names.count - mostNamed) more" : ""
        return "\(escaped: names.prefix(mostNamed).joined(separator: ", "))\(more)"
    }

    private static let mostNamed = 10

    var json: JSON {
        .array(
            roles.map { role in
                .members(
                    ("name", .string(role.name)),
                    ("steps", .int(role.steps)),
                    ("through", role.through.isEmpty ? nil : .string(role.through.joined(separator: ", ")))
                )
            }
        )
    }
}
