/// Where the sandbox is said to live, and who may enter.
package enum Sandbox {
    /// An address that no name server knows, with a context path as most installations have one.
    package static let baseURL = "http://sandbox.invalid/ovaledge"
    package static let userToken = "sandbox-user-token"
    package static let userSecret = "sandbox-secret"

    static let signInPath = "/api/user/token/generate"
}
