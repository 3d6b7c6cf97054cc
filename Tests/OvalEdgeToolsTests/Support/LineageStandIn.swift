import HTTP
import JSON
import OvalEdge
import Synchronization
import TestSupport
import Text

/// A false OvalEdge that knows assets and flows, and answers about lineage, details and pages of a kind.
final class LineageStandIn: Sendable {
    struct Asset: Hashable, Sendable {
        let id: Int
        let type: String
        var name: String
        var owner: String?

        var key: String { "\(type) \(id)" }
    }

    let assets: [Asset]
    /// From and to, each as kind and id.
    let flows: [(from: String, to: String)]
    /// The depth to which it lowers what it is asked for, without a word.
    let deepest: Int
    /// Whether flows say which kinds their ends are.
    let namesKinds: Bool
    /// What the details of an asset hold besides.
    let details: [String: JSON]
    private let heard = Mutex<[String]>([])
    private let byKey: [String: Asset]
    private let sources: [String: [String]]
    private let destinations: [String: [String]]

    init(
        _ assets: [Asset],
        _ flows: [(from: String, to: String)],
        deepest: Int = .max,
        namesKinds: Bool = false,
        details: [String: JSON] = [:]
    ) {
        (self.assets, self.flows, self.deepest) = (assets, flows, deepest)
        (self.namesKinds, self.details) = (namesKinds, details)
        byKey = Dictionary(assets.map { ($0.key, $0) }) { first, _ in first }
        sources = Dictionary(grouping: flows) { $0.to }.mapValues { $0.map { $0.from } }
        destinations = Dictionary(grouping: flows) { $0.from }.mapValues { $0.map { $0.to } }
    }

    /// Each request for lineage, details or a page, as `lineage oetable 1 depth 3`.
    var requests: [String] { heard.withLock { $0 } }

    var client: AnsweringHTTP { AnsweringHTTP { self.response(to: $0) } }
    var catalog: TestCatalog { TestCatalog(client) }

    private func response(to request: HTTPRequest) -> HTTPResponse {
        guard !request.url.hasSuffix(TokenExchange.path) else { return Self.json(["token": "e30.e30.c2ln"]) }
        let query = Self.query(of: request.url)
        let key = "\(query["objectType"] ?? "") \(query["objectId"] ?? "")"
        if request.url.holds("/asset-lineage") {
            let depth = query["depth"].flatMap { Int($0) } ?? 2
            heard.withLock { $0.append("lineage \(key) depth \(depth)") }
            return byKey[key] == nil ? HTTPResponse(.notFound, text: #"{"ok":false}"#) : Self.json(lineage(key, depth))
        }
        if request.url.holds("/asset-details") {
            heard.withLock { $0.append("details \(key)") }
            return byKey[key].map { Self.json(["data": ["details": page($0)]]) }
                ?? HTTPResponse(.notFound, text: #"{"ok":false}"#)
        }
        return Self.json(found((try? JSON(parsing: String(decoding: request.body, as: UTF8.self))) ?? [:]))
    }

    private func found(_ body: JSON) -> JSON {
        let type = body["objectType"]?.string
        let (page, limit) = (body["search"]?["page"]?.int ?? 1, body["search"]?["limit"]?.int ?? 20)
        heard.withLock { $0.append("page \(page) of \(type ?? "")") }
        let name = body["name"]?.string
        let all = assets.filter { $0.type == type && (name == nil || $0.name == name) }
        let items = all.dropFirst((page - 1) * limit).prefix(limit).map { self.page($0) }
        return ["ok": true, "data": ["items": .array(Array(items)), "total": .int(all.count)]]
    }

    private func page(_ asset: Asset) -> JSON {
        let page: JSON = .members(
            ("objectId", .int(asset.id)),
            ("objectType", .string(asset.type)),
            ("objectName", .string(asset.name)),
            ("owner", asset.owner.map { .string($0) })
        )
        return .object(JSONObject((page.object?.members ?? []) + (details[asset.key]?.object?.members ?? [])))
    }

    private func lineage(_ root: String, _ depth: Int) -> JSON {
        let sides = [("UPSTREAM", sources), ("DOWNSTREAM", destinations)].map { way, next in
            (way, reached(from: root, along: next, min(depth, deepest)))
        }
        var nodes = [node(root, hop: 0, nil)]
        var keys: Set<String> = [root]
        for (way, reached) in sides {
            nodes += reached.map { node($0.key, hop: $0.hop, way) }
            keys.formUnion(reached.map { $0.key })
        }
        let edges = flows.filter { keys.contains($0.from) && keys.contains($0.to) }.map { edge($0.from, $0.to) }
        return [
            "rootObjectId": .int(byKey[root]?.id ?? 0), "nodes": .array(nodes.compactMap { $0 }),
            "edges": .array(edges),
        ]
    }

    private func reached(from root: String, along next: [String: [String]], _ depth: Int) -> [(key: String, hop: Int)] {
        var (seen, front, hop): (Set<String>, [String], Int) = ([root], [root], 0)
        var found: [(String, Int)] = []
        while !front.isEmpty, hop < depth {
            hop += 1
            front = front.flatMap { next[$0] ?? [] }.filter { seen.insert($0).inserted }
            found += front.map { ($0, hop) }
        }
        return found
    }

    private func node(_ key: String, hop: Int, _ way: String?) -> JSON? {
        guard let asset = byKey[key] else { return nil }
        return .members(
            ("id", .int(asset.id)),
            ("objectName", .string(asset.name)),
            ("objectType", .string(asset.type)),
            ("fullyQualifiedName", .string("warehouse_prod.SALES.\(asset.name)")),
            ("hop", .int(hop)),
            ("direction", way.map { .string($0) }),
            ("navLink", .string("#nav/\(asset.type.dropFirst(2))?id=\(asset.id)"))
        )
    }

    private func edge(_ from: String, _ to: String) -> JSON {
        let ends = [from, to].map { byKey[$0] }
        return .members(
            ("fromId", ends[0].map { .int($0.id) }),
            ("toId", ends[1].map { .int($0.id) }),
            ("lineageType", "auto"),
            ("fromObjectType", namesKinds ? ends[0].map { .string($0.type) } : nil),
            ("toObjectType", namesKinds ? ends[1].map { .string($0.type) } : nil)
        )
    }

    private static func json(_ json: JSON) -> HTTPResponse {
        HTTPResponse(.ok, text: json.text, type: "application/json")
    }

    private static func query(of url: String) -> [String: String] {
        let pairs = url.split(separator: "?").dropFirst().joined().split(separator: "&").map {
            $0.split(separator: "=")
        }
        return Dictionary(pairs.filter { $0.count == 2 }.map { (String($0[0]), String($0[1])) }) { first, _ in first }
    }
}

extension LineageStandIn {
    /// A table with 4 assets upstream in 2 hops, and 800, 240 and 8 downstream; nearly every id is used by several kinds.
    static func wide(namesKinds: Bool = true) -> LineageStandIn {
        var assets = [Asset(id: 1200, type: "oetable", name: "dim_customer_master")]
        var flows: [(from: String, to: String)] = []
        func flow(_ id: Int, _ type: String, _ name: String, from: String? = nil, to: String? = nil) {
            assets.append(Asset(id: id, type: type, name: name, owner: ["ann", "ben", "eve"][id % 3]))
            if let from { flows.append((from, "\(type) \(id)")) }
            if let to { flows.append(("\(type) \(id)", to)) }
        }
        let root = "oetable 1200"
        for id in 1...2 { flow(id, "oetable", "raw_\(id)", to: root) }
        for id in 1...2 { flow(id, "oefile", "file_\(id)", to: "oetable \(id)") }
        for number in 0..<800 { flow(2000 + number, "oetable", "agg_\(number)", from: root) }
        for number in 0..<200 {
            flow(2000 + number, "oechart", "report_\(number)", from: "oetable \(2000 + number % 50)")
        }
        for number in 0..<40 { flow(1 + number, "oequery", "query_\(number)", from: "oetable \(2100 + number)") }
        for number in 0..<8 { flow(2200 + number, "oefile", "export_\(number)", from: "oequery \(1 + number)") }
        return LineageStandIn(assets, flows, namesKinds: namesKinds)
    }

    /// A report that rests on so many tables, each of which has one above it.
    static func report(on count: Int) -> LineageStandIn {
        let tables = (1...count).map { Asset(id: $0, type: "oetable", name: "t\($0)") }
        let raw = tables.map { Asset(id: 100 + $0.id, type: "oetable", name: "raw_\($0.id)") }
        let sources = tables.map { table -> JSON in
            ["objectId": .int(table.id), "objectType": "oetable", "objectName": .string(table.name)]
        }
        return LineageStandIn(
            tables + raw + [Asset(id: 5, type: "oechart", name: "Report")],
            zip(raw, tables).map { ($0.key, $1.key) },
            details: ["oechart 5": ["sourceTables": .array(sources)]]
        )
    }

    /// A file, eleven tables one after the other and a report, `oefile 1001` … `oetable 1111` … `oechart 5`.
    static func chain(deepest: Int) -> LineageStandIn {
        var assets = [Asset(id: 1001, type: "oefile", name: "shop.csv")]
        assets += (1101...1111).map { Asset(id: $0, type: "oetable", name: "deep_\($0 - 1100)") }
        assets.append(Asset(id: 1001, type: "oechart", name: "Customer monthly"))
        assets.append(Asset(id: 5, type: "oechart", name: "Deep report"))
        assets.append(Asset(id: 77, type: "oecolumn", name: "amount"))
        var flows = [("oefile 1001", "oetable 1101")] as [(from: String, to: String)]
        flows += (1101..<1111).map { ("oetable \($0)", "oetable \($0 + 1)") }
        return LineageStandIn(
            assets,
            flows,
            deepest: deepest,
            details: [
                "oechart 5": ["sourceTables": [["objectId": 1111, "objectType": "oetable", "objectName": "deep_11"]]],
                "oecolumn 77": ["parentId": 1105, "tableName": "deep_5"],
            ]
        )
    }
}
