import AuthorizationServer
import Commands
import Crypto
import Logging
import OAuth
import Settings
import Text

/// People whom an identity provider vouches for towards a client (ID-JAG).
///
/// OvalEdge cannot be asked for one of them, so that all act for the account that is set for this server; each has
/// sessions, confirmations and limits of their own.
struct AssertedPeople: Sendable {
    private let verifier: AssertionVerifier
    private let store: GrantStore
    private let account: MachineGrants.Person
    private let granted: @Sendable (Set<String>) -> Set<String>

    /// What begins the subjects of grants that were made so.
    static let mark = "asserted-"

    init(
        _ verifier: AssertionVerifier,
        _ store: GrantStore,
        acting account: MachineGrants.Person,
        granted: @escaping @Sendable (Set<String>) -> Set<String>
    ) {
        self.verifier = verifier
        self.store = store
        self.account = account
        self.granted = granted
    }

    /// Whom an assertion is about, if it is good and comes for the first time.
    func person(in assertion: Secret, of client: OAuthClient) async -> Result<MachineGrants.Person, OAuthError> {
        do throws(OAuthError) {
            guard !client.isPublic else { throw .needsSecret }
            return .success(try person(try await verified(assertion, client)))
        } catch {
            return .failure(error)
        }
    }

    private func verified(_ text: Secret, _ client: OAuthClient) async throws(OAuthError) -> IdentityAssertion {
        let assertion: IdentityAssertion
        do throws(TokenRefusal) {
            assertion = try await verifier.verify(text, client: client.id)
        } catch {
            switch error {
            case .invalid(let why): throw .badAssertion(why)
            case .unavailable(let why): throw .cannotVerify(why)
            }
        }
        let isFirst: Bool
        do throws(GrantsUnavailable) {
            let end = assertion.expiry + AssertionVerifier.longestLife
            isFirst = try await store.isFirst("\(assertion.issuer)\0\(assertion.id)", until: end)
        } catch {
            throw .cannotVerify(error.reason)
        }
        guard isFirst else { throw .badAssertion("it was used before") }
        return assertion
    }

    private func person(_ assertion: IdentityAssertion) throws(OAuthError) -> MachineGrants.Person {
        let name = Array("\(assertion.issuer)\0\(assertion.subject)".utf8)
        guard let digest = try? Crypto.digest(name) else { throw .cannotVerify("There is no library for digests.") }
        return MachineGrants.Person(
            label: Self.mark + digest.prefix(8).hexadecimal,
            identity: account.identity + [0] + name,
            payload: account.payload,
            scopes: assertion.scopes.isEmpty ? nil : granted(Set(assertion.scopes))
        )
    }
}

extension OAuthError {
    fileprivate static let needsSecret = OAuthError(
        .unauthorizedClient,
        "An assertion is taken only of a client with a secret. Ask the operator of this server for one."
    )

    fileprivate static func badAssertion(_ why: String) -> OAuthError {
        OAuthError(.invalidGrant, "The assertion is not good here. Get another one, and send it once.", cause: why)
    }

    fileprivate static func cannotVerify(_ why: String) -> OAuthError {
        OAuthError(.temporarilyUnavailable, "The assertion cannot be verified now. Try again in a minute.", cause: why)
    }
}
