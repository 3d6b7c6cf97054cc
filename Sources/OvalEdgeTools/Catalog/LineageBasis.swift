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
    /// The details of the asset name nothing.
    case unknown

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
        case nil: self = .unknown
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

    func failure(_ id: Int, _ type: ObjectType) -> Answer {
        let subject: Inline = "\(words: type.title) \(code: "\(type.rawValue) \(id)")"
        let line: Inline =
            "OvalEdge follows tables and files, and its details of \(subject) name none that it rests on. Look for the table with `asset_explorer`, and call with that one."
        return .failure(line.text)
    }
}
