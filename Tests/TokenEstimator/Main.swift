import Text

/// Reads a text from each line, in Base64, and writes to a line of its own about how many tokens that is.
@main
struct TokenEstimator {
    static func main() {
        while let line = readLine() {
            guard let bytes = Base64.decoded(line) else { fatalError("A line is not Base64.") }
            print(bytes.withUnsafeBufferPointer { TokenEstimate.tokens(in: $0) })
        }
    }
}
