import OvalEdge
import Rendering

/// Asks for permissions in the catalog, where the connector has no rights that OvalEdge could read.
struct CatalogFallback: Sendable {
    let query: AccessQuery
    let matches: [AccessResolution.Match]
    let ovalEdge: OvalEdgeAPI

    /// Throws `refusal` when the catalog has no answer either.
    func finding(after refusal: OvalEdgeError) async throws(OvalEdgeError) -> AccessFinding {
        var answers: [(path: String, access: Access)] = []
        for (path, query) in queries {
            do {
                answers.append((path, try await ovalEdge.send(.access(query)).opened()))
            } catch  where error.isCancellation {
                throw error
            } catch {
                continue
            }
        }
        guard let first = answers.first else { throw refusal }
        var finding = AccessFinding(first.access)
        finding.fallback = .catalog
        if answers.count > 1 { finding.merged = answers }
        finding.notes.append(
            """
            OvalEdge reads no rights from this source system. These are catalog permissions instead: they say who may \
            see the object in OvalEdge, and nothing about who may query it.
            """
        )
        let missing = queries.count - answers.count
        if missing > 0 { finding.notes.append("The catalog had no answer for \(missing) of \(queries.count) objects.") }
        return finding
    }

    private var queries: [(path: String, query: AccessQuery)] {
        if !matches.isEmpty { return matches.map { ($0.path, question(id: $0.id, type: $0.type?.rawValue)) } }
        let type = query.objectType.flatMap { AccessLevel($0) }?.objectType?.rawValue
        if let id = query.objectID {
            return type.map { [("\($0) \(id)", question(id: id, type: $0))] } ?? []
        }
        if let fullName = query.fullName { return [(fullName, question(fullName: fullName, type: type))] }
        return query.paths.isEmpty
            ? query.names.map { ($0, question(name: $0, type: type)) }
            : query.paths.map { ($0, question(fullName: $0, type: type)) }
    }

    private func question(
        id: Int? = nil,
        fullName: String? = nil,
        name: String? = nil,
        type: String?
    ) -> AccessQuery {
        var question = AccessQuery(.objectToPrincipals)
        question.objectID = id
        question.fullName = fullName
        question.names = name.map { [$0] } ?? []
        question.objectType = type
        return question
    }
}
