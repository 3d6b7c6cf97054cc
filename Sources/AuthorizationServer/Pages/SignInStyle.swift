import Crypto
import Text

/// How the pages look: the colours and the type of the product's views.
enum SignInStyle {
    /// For a content security policy, which lets this style in and no other (CSP Level 3, §2.3.1).
    static let digest: String? = (try? Crypto.digest(Array(css.utf8))).map { "sha256-" + Base64.encoded($0) }

    static let css = String(decoding: PackageResources.sign_in_css, as: UTF8.self)
}
