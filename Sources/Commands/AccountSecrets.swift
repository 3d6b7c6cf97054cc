import Logging
package import OvalEdge
package import Secrets
package import Settings

/// The user token and secret of the account that is set, wherever they are kept.
package struct AccountSecrets: Sendable {
    private let userToken: SecretSource?
    private let userSecret: SecretSource?
    private let resolver: SecretResolver

    package init(_ account: AccountSettings, _ resolver: SecretResolver) {
        userToken = account.userToken
        userSecret = account.userSecret
        self.resolver = resolver
    }

    /// What programs that give both at once call them.
    package static let members = ["OVALEDGE_USER_TOKEN": "UserToken", "OVALEDGE_USER_SECRET": "UserSecret"]

    /// Whether a program has to be asked for one of them, which may ask a person.
    package var needProgram: Bool { [userToken, userSecret].contains { $0?.needsProgram == true } }

    /// Whether all that are set are known, and so redacted.
    package var areKnown: Bool {
        [userToken, userSecret].allSatisfy { source in
            guard let source, source.value == nil, let reference = source.reference else { return true }
            return resolver.knows(reference)
        }
    }

    /// Both at once; where OvalEdge has refused what was known, they are looked up again.
    package func credentials(again: Bool = false) async throws(OvalEdgeError) -> Credentials {
        async let token = found(userToken, "user token", "OVALEDGE_USER_TOKEN", again: again)
        async let secret = found(userSecret, "user secret", "OVALEDGE_USER_SECRET", again: again)
        let (foundToken, foundSecret) = await (token, secret)
        return Credentials(userToken: try foundToken.get(), userSecret: try foundSecret.get())
    }

    private func found(
        _ source: SecretSource?,
        _ name: String,
        _ setting: String,
        again: Bool
    ) async -> Result<Secret?, OvalEdgeError> {
        guard let source, let reference = source.reference, again || source.value == nil else {
            return .success(source?.value)
        }
        if again { resolver.forget(reference) }
        do throws(SecretFailure) {
            return .success(try await resolver.secret(at: reference, Self.members[setting] ?? ""))
        } catch {
            return .failure(OvalEdgeError(error, of: name))
        }
    }
}

extension OvalEdgeError {
    /// A secret that could not be looked up; `name` is what it is.
    init(_ failure: SecretFailure, of name: String) {
        self.init(
            .notSignedIn,
            "The \(name) cannot be looked up: \(failure.what)",
            remedy: .forOperator("\(failure.advice) `oe-mcp secrets test` tries each secret."),
            isTransient: [.locked, .timeout].contains(failure.kind),
            delivery: .notSent
        )
    }
}
