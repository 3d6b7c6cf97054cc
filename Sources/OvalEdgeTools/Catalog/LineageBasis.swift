import JSON
import MCP
import OvalEdge
import Rendering

/// Whose flows show the lineage of an asset: OvalEdge follows those of tables and files only.
enum LineageBasis: Sendable {
    struct Source: Sendable {
        let id: Int
        let type: ObjectType
        let asset: Asset
    }

    case itself
    /// A column is part of one table.
    case part(of: Int, ObjectType)
    /// A report or a query rests on these.
    case rests(Asset, [Source])
    /// The details of the asset name nothing that it rests on, only what it has to do with.
    case unknown(related: [Asset])

    init(_ id: Int, _ type: ObjectType, in ovalEdge: OvalEdgeAPI) async throws {
        guard type != .oetable, type != .oefile else {
            self = .itself
            return
        }
        let details = try await ovalEdge.send(.assetDetails(id: id, type: type)).opened()
        var sources = try await Self.sources(details.sources(of: type), in: ovalEdge)
        // The column of a report is part of it, and the report rests on tables.
        if let report = sources.first(where: { $0.type == .oechart }), type != .oechart {
            let details = try await ovalEdge.send(.assetDetails(id: report.id, type: .oechart)).opened()
            sources = try await Self.sources(details.sources(of: .oechart), in: ovalEdge)
        }
        sources.removeAll { $0.type == .oechart }
        let isPart = type == .oecolumn || type == .filecolumn || type == .oefilecolumn
        switch sources.first {
        case nil: self = .unknown(related: details.related)
        case let table? where isPart: self = .part(of: table.id, table.type)
        case _?: self = .rests(details.asset, sources)
        }
    }

    /// A name is looked up; what several assets are called, or none, is left out.
    private static func sources(_ named: [LineageSource], in ovalEdge: OvalEdgeAPI) async throws -> [Source] {
        var sources: [Source] = []
        for source in named.prefix(LineageReader.mostRequests) {
            switch source {
            case .known(let id, let type, let asset): sources.append(Source(id: id, type: type, asset: asset))
            case .named(let name, let type):
                guard case .one(let id) = try await AssetName(name, type: type).meaning(in: ovalEdge) else { continue }
                let asset = try Asset([
                    "objectId": .int(id.number), "objectType": .string(type.rawValue), "objectName": .string(name),
                ])
                sources.append(Source(id: id.number, type: type, asset: asset))
            }
        }
        return sources
    }

    /// What to do where nothing is known that the asset rests on.
    static func failure(_ id: Int, _ type: ObjectType, related: [Asset]) -> Answer {
        let subject: Inline = "\(words: type.title) \(code: "\(type.rawValue) \(id)")"
        let obstacle: Inline =
            "OvalEdge follows tables and files, and its details of \(subject) name none that it rests on."
        let names = related.prefix(mostRelated).map { asset -> Inline in "\(escaped: asset.title) \(asset.reference)" }
        let way: Inline =
            names.isEmpty
            ? "Look for the table with `asset_explorer`, and call with that one."
            : "They name as related, without saying whether it reads or writes them: \(names.joined(separator: ", ")). Call with one of these."
        return .failure("\(obstacle.text) \(way.text)")
    }

    private static let mostRelated = 10
}
