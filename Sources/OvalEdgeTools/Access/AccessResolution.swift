import JSON
import OvalEdge
import Text

/// The objects of the catalog that a name or a path in a source system means.
struct AccessResolution: Sendable {
    struct Match: Hashable, Sendable {
        let id: Int
        let type: ObjectType?
        let path: String
        let connection: Int?
    }

    private static let most = 25
    /// Of hits that do not say where they are from.
    private static let mostDetails = 5

    let call: AccessExplorer
    let ovalEdge: OvalEdgeAPI

    /// Exactly one, or all where all are wanted; none when it is not clear, or when the search fails.
    func matches() async throws(OvalEdgeError) -> [Match] {
        guard let wanted else { return [] }
        do {
            let page = try await ovalEdge.send(.assetExplorer(search(for: wanted))).opened()
            let hits = page.items.filter { fits($0, wanted) }
            var matches: [Match] = []
            for (index, hit) in hits.enumerated() {
                if let match = try await match(hit, mayAsk: index < Self.mostDetails) { matches.append(match) }
            }
            return matches.count == 1 || call.resolveAllMatches ? matches : []
        } catch  where error.isCancellation {
            throw error
        } catch {
            return []
        }
    }

    /// One object by its name or path; several, and what is known by id, are asked for as they are.
    private var wanted: AccessPath? {
        let direction = call.queryDirection
        guard call.operation == .source, !direction.isMembership, direction != .browse,
            call.objectID == nil || call.objectType.isEmpty
        else { return nil }
        let fullName = call.fullyQualifiedName.map { [$0] }
        let written = call.objectPath.isEmpty ? fullName ?? call.objectName : call.objectPath
        guard written.count == 1 else { return nil }
        let path = AccessPath(written[0], sourceSystem: call.system)
        return path.parts.isEmpty ? nil : path
    }

    private func search(for path: AccessPath) -> AssetSearch {
        var search = AssetSearch()
        search.name = path.parts.last
        search.objectType = call.level?.objectType
        search.limit = Self.most
        if let system = call.system, let known = ServerType.known.first(where: { $0.lowercased() == system }) {
            search.filters[.serverType] = .string(known)
        }
        return search
    }

    private func fits(_ hit: Asset, _ path: AccessPath) -> Bool {
        if let system = call.system, let other = hit.serverType, other.lowercased() != system { return false }
        guard let fullName = hit.fullName else {
            return path.parts.count == 1 && hit.name?.lowercased() == path.text.lowercased()
        }
        return path.ends(fullName)
    }

    private func match(_ hit: Asset, mayAsk: Bool) async throws(OvalEdgeError) -> Match? {
        guard let id = hit.id.flatMap({ Int($0) }), let path = path(of: hit) else { return nil }
        var connection = Self.connection(of: hit.json)
        if connection == nil, mayAsk, let type = hit.objectType {
            let record = try await ovalEdge.record(of: id, type)
            connection = Self.connection(of: record.asset.json)
        }
        if let wanted = call.connectionID.first?.number, connection != wanted { return nil }
        return Match(id: id, type: hit.objectType, path: path, connection: connection)
    }

    /// As the source writes it: in Tableau `/` is between the parts, and names may hold dots.
    private func path(of hit: Asset) -> String? {
        guard let fullName = hit.fullName, call.system == "tableau", !fullName.contains("/") else {
            return hit.fullName
        }
        let name = hit.name.flatMap { fullName.hasSuffix($0) ? $0 : nil } ?? ""
        return String(fullName.dropLast(name.count).map { $0 == "." ? "/" : $0 }) + name
    }

    private static func connection(of json: JSON) -> Int? {
        (json["connectionInfoId"] ?? json["connectionId"])?.wholeNumber
    }
}
