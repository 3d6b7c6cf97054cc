import JSON
import OvalEdge
import Rendering
import Text

/// Which user names the people have whose display name was given in place of one.
struct SignInNames: Sendable {
    private static let most = 50

    let ovalEdge: OvalEdgeAPI

    /// What to do about a name that is no user name; looks among owners, then among stewards.
    func advice(for person: String) async throws(OvalEdgeError) -> Inline {
        for role in [AssetFilter.owner, .steward] {
            let names = try await names(of: person, as: role)
            guard names.isEmpty else { return Self.sentence(person, names) }
        }
        return Self.unknown
    }

    static let unknown: Inline = """
        Give the sign-in name, which may differ from the display name; `query_direction` `object_to_principals` lists \
        those of one object.
        """

    private static func sentence(_ person: String, _ names: [String]) -> Inline {
        let list: [Inline] = names.map { "\(code: $0)" }
        let next: Inline =
            names.count == 1
            ? "Call again with that `username`."
            : "Ask the person which of them is meant, then call again with that `username`."
        return
            "In the catalog \(escaped: person) is the display name of \(list.joined(separator: ", ")). \(next)"
    }

    private func names(of person: String, as role: AssetFilter) async throws(OvalEdgeError) -> [String] {
        var search = AssetSearch()
        search.limit = Self.most
        search.filters[role] = .string(person)
        do {
            let hits = try await ovalEdge.send(.assetExplorer(search)).opened().assets
            var seen: Set<String> = []
            return hits.flatMap { hit in Self.people(of: hit.json) }
                .filter { $0.display.lowercased() == person.lowercased() && seen.insert($0.user).inserted }
                .map { $0.user }
        } catch  where error.isCancellation {
            throw error
        } catch {
            return []
        }
    }

    /// Who is responsible for an asset, as far as both names are sent.
    private static func people(of asset: JSON) -> [(display: String, user: String)] {
        ["owner", "steward", "custodian"].compactMap { role in
            let person = asset[role]
            let display = person?.text("displayName", "fullName", "name") ?? person?.plainText
            let user =
                person?.text("userName", "username", "userId", "loginId", "login")
                ?? asset.text("\(role)UserName", "\(role)Username", "\(role)UserId", "\(role)Id")
            guard let display, let user, display != user else { return nil }
            return (display, user)
        }
    }
}
