import JSON
import OvalEdge
import Rendering

/// Looks for a table in the schemas of a connection, when its name alone found no rights.
struct SchemaProbe: Sendable {
    private static let mostSchemas = 30
    private static let atOnce = 8

    let query: AccessQuery
    let path: AccessPath
    let ovalEdge: OvalEdgeAPI

    /// One schema answers; two or more are a question; none leaves what was known.
    func finding(after known: AccessFinding) async throws(OvalEdgeError) -> AccessFinding {
        let schemas = try await schemas()
        let found = try await tables(in: Array(schemas.prefix(Self.mostSchemas)))
        var finding = known
        if found.count == 1 { finding.access = found[0].access }
        finding.discovered = found.map { $0.path }
        if found.count > 1 {
            let candidates = found.map { AccessLookup.candidate($0.path, $0.access.grants.first) }
            finding.askForSchema(candidates, mayBeMore: schemas.count > Self.atOnce)
        } else if let only = found.first {
            finding.notes.append("Rights were found for \(escaped: only.path).")
        }
        if schemas.count > Self.mostSchemas, found.count < 2 {
            finding.notes.append(
                "Of \(schemas.count) schemas the first \(Self.mostSchemas) were looked into; name the schema to be sure."
            )
        }
        return finding
    }

    private func schemas() async throws(OvalEdgeError) -> [String] {
        var browse = AccessQuery(.browse)
        browse.sourceSystem = query.sourceSystem
        browse.connectionID = query.connectionID
        browse.objectType = AccessLevel.schema.rawValue
        let above = path.parts.dropLast()
        browse.paths = above.isEmpty ? [] : [above.joined(separator: ".")]
        let access = try await asked(browse)
        return (access?.json.payload["objects"]?.array ?? []).compactMap { $0.text("objectName", "name") }
    }

    /// Eight at a time, until two have answered.
    private func tables(in schemas: [String]) async throws(OvalEdgeError) -> [(path: String, access: Access)] {
        var found: [(path: String, access: Access)] = []
        var rest = schemas[...]
        while !rest.isEmpty, found.count < 2 {
            let batch = Array(rest.prefix(Self.atOnce))
            rest = rest.dropFirst(Self.atOnce)
            let answers = await withTaskGroup(of: (Int, Result<Access?, OvalEdgeError>).self) { group in
                for (index, schema) in batch.enumerated() {
                    group.addTask { (index, await outcome(in: schema)) }
                }
                return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }
            }
            for (index, answer) in answers {
                guard let access = try answer.get(), !access.grants.isEmpty else { continue }
                found.append((path(in: batch[index]), access))
            }
        }
        return found
    }

    private func outcome(in schema: String) async -> Result<Access?, OvalEdgeError> {
        do throws(OvalEdgeError) {
            return .success(try await asked(table(in: schema)))
        } catch {
            return .failure(error)
        }
    }

    private func path(in schema: String) -> String {
        (path.parts.dropLast() + [schema] + path.parts.suffix(1)).joined(separator: ".")
    }

    private func table(in schema: String) -> AccessQuery {
        var query = query
        query.paths = [path(in: schema)]
        return query
    }

    /// What fails is not there; only being cancelled ends the search.
    private func asked(_ query: AccessQuery) async throws(OvalEdgeError) -> Access? {
        do {
            return try await ovalEdge.send(.access(query)).opened()
        } catch  where error.isCancellation {
            throw error
        } catch {
            return nil
        }
    }
}
