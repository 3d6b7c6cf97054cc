/// Where the sandbox is said to live, and who may enter.
package enum Sandbox {
    /// An address that no name server knows, with a context path as most installations have one.
    package static let baseURL = "http://sandbox.invalid/ovaledge"
    package static let userToken = "sandbox-user-token"
    package static let userSecret = "sandbox-secret"

    static let signInPath = "/api/user/token/generate"
}

/// Which catalog the sandbox answers from.
package enum SandboxCatalog: String, CaseIterable, Sendable {
    /// That of an invented shop, small and tidy.
    case sample
    /// 20,000 assets, generated, and untidy as catalogs become.
    case large

    /// Whether it can be asked as `generation` is; the large one knows the current release only.
    package func serves(_ generation: SandboxGeneration) -> Bool { self == .sample || generation == .current }
}
