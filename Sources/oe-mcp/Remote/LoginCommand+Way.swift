import Logging
import OAuthClient
import Settings
import Text

extension LoginCommand {
    /// How the person gets to the authorization server and back.
    struct Way {
        let isDevice: Bool
        let isPasted: Bool
        let isService: Bool
        let opensBrowser: Bool
        let host: LoopbackAddress.Host
        /// The port that has to be had; nil for any.
        let port: Int?

        init(_ line: ParsedCommandLine, host: LoopbackAddress.Host, port: Int?, isFixed: Bool) {
            isDevice = line.has("device")
            isPasted = line.has("paste")
            isService = line.has("service")
            opensBrowser = !line.has("no-browser")
            self.host = host
            // A client that was agreed on before has an address that was, too.
            self.port = port ?? (isFixed ? LoopbackAddress.usualPort : nil)
        }

        func signIn(_ flow: SignInFlow) async throws(SignInFailure) -> SignInRecord {
            let site = try await flow.site()
            if isService { return try await flow.signInAsService(at: site) }
            if isDevice { return try await flow.signInWithCode(at: site) { Self.show($0) } }
            if isPasted { return try await flow.signIn(at: site, with: pasted) }
            let listener: CallbackListener
            do throws(SignInFailure) {
                let preferred = flow.registeredPort(at: site)
                listener = try CallbackListener(host: host, port: port, preferred: preferred) {
                    [opensBrowser] address in
                    Self.show(address, opensBrowser: opensBrowser)
                }
            } catch {
                guard error.kind == .noListener else { throw error }
                StandardError.write(
                    VisibleText.line("\(error) The address that the browser ends at is asked for instead.")
                )
                return try await flow.signIn(at: site, with: pasted)
            }
            return try await flow.signIn(at: site, with: listener)
        }

        private var pasted: PastedRedirect {
            PastedRedirect(
                LoopbackAddress(host: host, port: port ?? LoopbackAddress.usualPort),
                line: { await StandardInput.line() },
                show: { address in
                    StandardError.write(
                        "Open this address in a browser, and sign in:\n\n\(VisibleText.line(address))\n"
                    )
                    StandardError.write(
                        "The browser ends at a page that it cannot show. Paste the address of that page here:"
                    )
                },
                complain: {
                    StandardError.write(
                        "That is not the address that this sign-in ends at. Paste the whole address, from http to its end:"
                    )
                }
            )
        }

        private static func show(_ address: String, opensBrowser: Bool) {
            let isOpen = opensBrowser && BrowserLauncher.open(address)
            let what =
                isOpen
                ? "Your browser opens this page; sign in there:"
                : "Open this address in a browser on this machine, and sign in:"
            StandardError.write("\(what)\n\n\(VisibleText.line(address))\n")
        }

        private static func show(_ code: DeviceCode) {
            StandardError.write(
                VisibleText.line("On any device, open \(code.address) and type the code \(code.userCode).")
            )
            if let whole = code.whole { StandardError.write(VisibleText.line("With the code in it: \(whole)")) }
        }
    }
}
