package import Logging
package import OAuthClient

extension Environment {
    /// Where sign-ins at remote servers are kept, whichever release has made them.
    package static var signInFolder: String { stateFolder + "/sign-ins" }

    package static func signIns(log: Log) -> TokenVault { TokenVault(folder: signInFolder, log: log) }
}
