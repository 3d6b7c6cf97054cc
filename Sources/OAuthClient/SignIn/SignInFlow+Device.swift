import HTTP
import JSON
import Logging

/// What a person does on another device (RFC 8628 §3.2).
package struct DeviceCode: Hashable, Sendable {
    /// What the person types.
    package let userCode: String
    /// Where.
    package let address: String
    /// Where nothing has to be typed; nil where there is no such address.
    package let whole: String?

    static let grant = "urn:ietf:params:oauth:grant-type:device_code"

    fileprivate let code: Secret
    fileprivate let life: Double
    fileprivate let pause: Double

    fileprivate init?(_ json: JSON) {
        guard let code = json["device_code"]?.string, let userCode = json["user_code"]?.string,
            let address = (json["verification_uri"] ?? json["verification_url"])?.string, URLText(address) != nil
        else { return nil }
        self.code = Secret(code)
        self.userCode = userCode
        self.address = address
        whole = json["verification_uri_complete"]?.string.flatMap { URLText($0) == nil ? nil : $0 }
        life = json["expires_in"]?.double ?? SignInFlow.patience
        pause = max(json["interval"]?.double ?? 5, 1)
    }
}

// Without a browser on this machine, or without a person.
extension SignInFlow {
    /// `show` shows the person what to do.
    package func signInWithCode(
        at site: SignInSite,
        _ show: @Sendable (DeviceCode) -> Void
    ) async throws(SignInFailure) -> SignInRecord {
        guard let address = site.authorization.deviceEndpoint else {
            throw SignInFailure(
                .noDeviceCode,
                "\(site.authorization.issuer) has no sign-in for devices without a browser."
            )
        }
        // No browser returns here: whichever address was registered will do.
        let known = try vault.registration(at: site.authorization.issuer)?.redirect
        let identity = try await identity(at: site, redirect: known ?? LoopbackAddress().text)
        let scopes = scopes(at: site)
        var form: [(name: String, value: String)] = []
        if !scopes.isEmpty { form.append(("scope", scopes.joined(separator: " "))) }
        if let resource = resource(at: site) { form.append(("resource", resource)) }
        let outcome = await Result<GrantedTokens, GrantFault>.of { () async throws(GrantFault) in
            let json = try await endpoint.object(from: address, form, as: identity)
            guard let code = DeviceCode(json) else { throw GrantFault.unusable("its answer has no code for a person") }
            show(code)
            return try await polled(code, site, identity)
        }
        switch outcome {
        case .success(let tokens): return try await kept(tokens, at: site, as: identity, scopes)
        case .failure(.refused("expired_token")): throw SignInFailure(.timedOut, "The code was not typed in time.")
        case .failure(let fault):
            // The next sign-in registers again.
            if fault.code == "invalid_client" { try await vault.forget(identity, at: site.authorization.issuer) }
            throw Self.failure(fault, of: site.authorization)
        }
    }

    /// RFC 8628 §3.5.
    private func polled(
        _ code: DeviceCode,
        _ site: SignInSite,
        _ identity: ClientIdentity
    ) async throws(GrantFault) -> GrantedTokens {
        let end = clock.now() + min(code.life, Self.patience)
        var form = [
            (name: "grant_type", value: DeviceCode.grant),
            (name: "device_code", value: code.code.revealed),
        ]
        if let resource = resource(at: site) { form.append(("resource", resource)) }
        var pause = code.pause
        while clock.now() + pause < end {
            guard (try? await clock.sleep(pause)) != nil else { break }
            do throws(GrantFault) {
                return try await endpoint.tokens(from: site.authorization.tokenEndpoint, form, as: identity)
            } catch {
                switch error {
                case .refused("authorization_pending"): break
                case .refused("slow_down"): pause += 5
                case .unavailable: pause *= 2
                case .refused, .unusable: throw error
                }
            }
        }
        throw .refused(code: "expired_token")
    }

    /// A service signs itself in (RFC 6749 §4.4).
    package func signInAsService(at site: SignInSite) async throws(SignInFailure) -> SignInRecord {
        guard let id = request.clientID, let secret = request.clientSecret else {
            throw SignInFailure(.noRegistration, "A service needs a client id and a secret of its own.")
        }
        let offered = site.authorization.authenticationMethods
        let identity = ClientIdentity(id: id, secret: secret, method: request.method, offered: offered)
        let scopes = scopes(at: site).filter { $0 != "offline_access" }
        var form = [(name: "grant_type", value: "client_credentials")]
        if !scopes.isEmpty { form.append(("scope", scopes.joined(separator: " "))) }
        if let resource = resource(at: site) { form.append(("resource", resource)) }
        let tokens: GrantedTokens
        do throws(GrantFault) {
            tokens = try await endpoint.tokens(from: site.authorization.tokenEndpoint, form, as: identity)
        } catch {
            throw Self.failure(error, of: site.authorization)
        }
        return try await kept(tokens, at: site, as: identity, scopes, isService: true)
    }
}
