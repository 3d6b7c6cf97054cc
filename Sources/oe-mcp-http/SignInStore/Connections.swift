import AuthorizationServer
import Clock
import JSON

/// What an operator can ask of sign-ins, from the command line or over a socket.
enum ConnectionsRequest: Hashable, Sendable {
    case list
    case revoke(String)
    case revokeAll

    init?(_ json: JSON) {
        switch json["command"]?.string {
        case "list": self = .list
        case "revoke_all": self = .revokeAll
        case "revoke":
            guard let grant = json["grant"]?.string else { return nil }
            self = .revoke(grant)
        default: return nil
        }
    }

    var json: JSON {
        switch self {
        case .list: ["command": "list"]
        case .revoke(let grant): ["command": "revoke", "grant": .string(grant)]
        case .revokeAll: ["command": "revoke_all"]
        }
    }

    /// `connections`, or how many were revoked; `error` where the store cannot be asked.
    func outcome(from store: GrantStore) async -> JSON {
        do throws(GrantsUnavailable) {
            switch self {
            case .list: return ["connections": .array(try await store.grants().map { $0.shown })]
            case .revoke(let grant):
                return ["revoked": .int(try await store.revokeGrant(grant, for: .operator) ? 1 : 0)]
            case .revokeAll:
                var count = 0
                for grant in try await store.grants() where try await store.revokeGrant(grant.id, for: .operator) {
                    count += 1
                }
                return ["revoked": .int(count)]
            }
        } catch {
            return ["error": .string(error.reason)]
        }
    }
}

extension GrantRecord {
    /// For people and programs: nothing in it opens anything.
    fileprivate var shown: JSON {
        .members(
            ("id", .string(id)),
            ("subject", .string(subject)),
            ("client", .string(client.name)),
            ("client_id", .string(client.id)),
            ("returns_to", .string(client.origin)),
            ("scopes", .strings(scopes)),
            ("resource", .string(resource)),
            ("created", .string(Timestamp.text(created))),
            ("last_renewed", lastIssue.map { .string(Timestamp.text($0)) }),
            ("ends", .string(Timestamp.text(min(idleEnd, end))))
        )
    }
}
