import Text
import Threads

/// For machines without a browser: a person opens the address elsewhere, and pastes the one that the browser ends at.
package struct PastedRedirect: RedirectReceiver {
    package let redirect: String
    private let line: @Sendable () async -> String?
    private let show: @Sendable (String) async -> Void
    private let complain: @Sendable () async -> Void

    /// `line` is what the person types next, nil at the end; `complain` says that it was not the address that is meant.
    package init(
        _ address: LoopbackAddress,
        line: @escaping @Sendable () async -> String?,
        show: @escaping @Sendable (String) async -> Void,
        complain: @escaping @Sendable () async -> Void
    ) {
        redirect = address.text
        self.line = line
        self.show = show
        self.complain = complain
    }

    package func code(
        from address: String,
        _ verdict: @escaping @Sendable (String) -> AuthorizationAttempt.Verdict
    ) async throws(SignInFailure) -> String {
        let visits = CallbackVisits()
        visits.expect(verdict)
        await show(address)
        // A line that is being typed cannot be cancelled: who waits for the code must not wait for the line.
        Task(executorPreference: WorkerPool.shared) {
            while let text = await line() {
                if text.trimmed.isEmpty { continue }
                guard Self.isRedirect(text) else {
                    await complain()
                    continue
                }
                let page = visits.page(method: "GET", target: "\(LoopbackAddress.path)?\(Self.query(of: text))")
                if page != .foreign { return }
                await complain()
            }
            visits.giveUp()
        }
        return try await visits.outcome().get()
    }

    /// Whether it can be where the browser ends; the address at which the sign-in begins has a `state`, too.
    static func isRedirect(_ text: String) -> Bool {
        let address = text.trimmed.prefix { $0 != "?" && $0 != "#" }
        return address.isEmpty || !text.contains("?") || address.hasSuffix(LoopbackAddress.path)
    }

    /// Of an address, or of what stands behind its question mark alone.
    static func query(of text: String) -> String {
        let text = text.trimmed
        let query = text.contains("?") ? text.drop { $0 != "?" }.dropFirst() : text[...]
        return String(query.prefix { $0 != "#" })
    }
}
