import MCP
import OvalEdgeTools

/// What a sign-in is good for.
enum CatalogScope: String, CaseIterable {
    case read = "ovaledge:read"
    /// To read, too.
    case write = "ovaledge:write"

    /// What those who have been granted scopes of these names may do; other names mean nothing here.
    static func granted(_ names: some Sequence<String>) -> Set<String> {
        let scopes = names.compactMap { CatalogScope(rawValue: $0) }
        return Set((scopes.contains(.write) ? allCases : scopes).map { $0.rawValue })
    }
}

extension Principal {
    /// Whether a request that needs this scope is granted to it; where nothing is granted by scopes, all is.
    func isGranted(_ scope: CatalogScope) -> Bool { scopes?.contains(scope.rawValue) ?? true }
}

/// The tools of each person: as many as there are scopes for.
struct ScopedTools: Sendable {
    private let all: ToolAccess
    private let reading: ToolAccess
    private let nothing: ToolAccess

    init(_ access: ToolAccess) {
        all = access
        reading = access.limited(to: .reading)
        nothing = access.limited(to: .nothing)
    }

    func access(for principal: Principal) -> ToolAccess {
        if principal.isGranted(.write) { return all }
        return principal.isGranted(.read) ? reading : nothing
    }
}
