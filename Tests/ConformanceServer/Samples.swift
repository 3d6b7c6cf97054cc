import MCP
import Text

/// The smallest of each kind of content.
enum Samples {
    /// One grey pixel.
    static let png = bytes(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mOoBwAAgQCAfhwpxwAAAABJRU5ErkJggg=="
    )
    /// A millisecond of silence.
    static let wav = bytes("UklGRiwAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQgAAACAgICAgICAgA==")

    static let image = Content.image(png, mimeType: "image/png")

    private static func bytes(_ base64: String) -> [UInt8] { Base64.decoded(base64) ?? [] }
}
