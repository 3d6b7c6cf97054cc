import Crypto
import MCP
import SharedStore
import Text

/// Which one-time tokens came back already, at whichever instance.
struct UsedTokensInStore: UsedTokens {
    private let store: StoreClient
    private let names: StoreNames

    init(_ store: StoreClient, _ names: StoreNames) {
        self.store = store
        self.names = names
    }

    /// Of all who use it at once the store lets one be the first; without the store no token is good.
    func use(_ id: [UInt8], until end: Double, at now: Double) async throws(TokensUnavailable) -> Bool {
        let name: String
        do throws(CryptoUnavailable) {
            name = try names.name(of: "used", id.hexadecimal)
        } catch {
            throw .notSealed(error.description)
        }
        // Instances need not agree to the second what time it is.
        let life = Int(max(end - now, 0).rounded(.up)) + 60
        do throws(StoreFailure) {
            return try await store.reply(to: StoreCommand("SET", name + "used", "1", "NX", "EX", "\(life)")) != .nothing
        } catch {
            throw .unreachable(why: error.summary)
        }
    }
}
