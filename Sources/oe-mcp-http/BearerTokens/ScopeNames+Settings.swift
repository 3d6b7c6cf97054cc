import Commands
import Settings

extension Settings {
    /// The scopes that clients are to ask for in this mode.
    var scopeNames: ScopeNames {
        let offersWrites = !writeFamilies.isEmpty
        guard account.authMode == .remote else { return ScopeNames(offersWrites: offersWrites) }
        let pairs = oauth.scopeMap?.pairs.compactMap { pair in
            CatalogScope(rawValue: pair.ours).map { ($0, pair.theirs) }
        }
        return ScopeNames(
            always: oauth.provider.scopes?.texts,
            offersWrites: offersWrites,
            others: Dictionary(pairs ?? []) { first, _ in first }
        )
    }
}

extension OAuthSettings {
    /// The scopes of ours that these names of an identity provider stand for, and those that are ours already.
    func granted(_ names: Set<String>) -> Set<String> {
        let ours = scopeMap?.pairs.filter { names.contains($0.theirs) }.map { $0.ours } ?? []
        return CatalogScope.granted(names.union(ours))
    }
}
