/// The scopes that clients are to ask for, by the names that the authorization server knows.
struct ScopeNames: Hashable, Sendable {
    /// What every sign-in asks for; nil for the scopes that this server uses.
    var always: [String]?
    /// Whether anything can be changed through this server.
    var offersWrites = true
    /// Other names of our scopes.
    var others: [CatalogScope: String] = [:]

    /// All that this server uses, since clients rarely ask for more later.
    var all: [String] { always ?? names(of: offersWrites ? CatalogScope.allCases : [.read]) }

    /// What to ask for in order to keep `held` and have `scope`, too.
    func needed(for scope: CatalogScope, holding held: Set<String>) -> [String] {
        let wanted = CatalogScope.allCases.filter { held.contains($0.rawValue) || $0 == scope || scope == .write }
        let usual = always ?? []
        return usual + names(of: wanted).filter { !usual.contains($0) }
    }

    private func names(of scopes: [CatalogScope]) -> [String] { scopes.map { others[$0] ?? $0.rawValue } }
}
