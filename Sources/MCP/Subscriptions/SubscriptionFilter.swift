import JSON
import JSONRPC

/// What a client asked to be notified of.
struct SubscriptionFilter: Sendable {
    private var lists: ChangeKinds
    private var resources = OrderedSet<String>()
    /// About how many bytes it takes to remember this, and the notices that may wait because of it.
    private(set) var cost = bareCost

    static let bareCost = 4096
    static func cost(of uri: String) -> Int { 2 * uri.utf8.count + 256 }

    init(in lists: ChangeKinds = []) { self.lists = lists }

    func includes(_ change: ChangeEvent) -> Bool {
        switch change {
        case .tools: lists.contains(.tools)
        case .prompts: lists.contains(.prompts)
        case .resources: lists.contains(.resources)
        case .contents(let uri): resources.contains(uri)
        }
    }

    /// False when it was there already.
    @discardableResult
    mutating func add(_ uri: String) -> Bool {
        guard resources.insert(uri) else { return false }
        cost += Self.cost(of: uri)
        return true
    }

    /// False when it was not there.
    mutating func remove(_ uri: String) -> Bool {
        guard resources.remove(uri) else { return false }
        cost -= Self.cost(of: uri)
        return true
    }
}

// The `notifications` of `subscriptions/listen`.
extension SubscriptionFilter {
    private static let members = [
        ("toolsListChanged", ChangeKinds.tools), ("promptsListChanged", .prompts), ("resourcesListChanged", .resources),
    ]
    private static let uris = "resourceSubscriptions"

    init(filter: JSON?) throws(RPCError) {
        guard let filter, filter.object != nil else { throw .invalidParams("`notifications` must be an object.") }
        self.init()
        for (name, list) in Self.members {
            switch filter[name] {
            case nil, .bool(false)?: continue
            case .bool(true)?: lists.insert(list)
            default: throw .invalidParams("`notifications.\(name)` must be true or false.")
            }
        }
        guard let given = filter[Self.uris] else { return }
        guard let texts = given.array?.map({ $0.string }), !texts.contains(nil) else {
            throw .invalidParams("`notifications.\(Self.uris)` must be a list of texts.")
        }
        // What is no URI is never honoured, and more than a connection may ask for is not looked at one by one.
        for case let uri? in texts where URIText.isValid(uri) {
            add(uri)
            guard cost <= Subscriptions.limit else { throw .tooManySubscriptions }
        }
    }

    /// What is left of it where only `changes` happen, and only to resources for which `isThere` holds.
    func honoured(by changes: ChangeKinds, where isThere: (String) -> Bool) -> SubscriptionFilter {
        var honoured = SubscriptionFilter(in: lists.intersection(changes))
        guard changes.contains(.contents) else { return honoured }
        for uri in resources.elements where isThere(uri) { honoured.add(uri) }
        return honoured
    }

    /// As a client writes it; what is not included is left out.
    var filter: JSON {
        let lists = Self.members.filter { self.lists.contains($0.1) }.map { JSONObject.Member($0.0, true) }
        let uris = resources.elements.isEmpty ? [] : [JSONObject.Member(Self.uris, .strings(resources.elements))]
        return .object(JSONObject(lists + uris))
    }
}
