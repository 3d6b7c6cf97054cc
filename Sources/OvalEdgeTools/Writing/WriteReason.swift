package import MCP
import OvalEdge

/// What every governed write can be given besides what it changes.
package struct WriteReason: Sendable {
    package let prompt: String?
    package let reason: String?
    package let idempotencyKey: String?
    package let dryRun: Bool

    package init(_ input: inout Arguments) {
        prompt = input.read("prompt", "What the person asked for, in their words; kept in OvalEdge's audit trail.")
        reason = input.read("reason", "Why it is changed; kept in OvalEdge's audit trail.")
        idempotencyKey = input.read("idempotency_key", "A text of your own, the same for a repetition of this call.")
        dryRun = input.read("dry_run", "Let OvalEdge say what would change, and change nothing.", default: false)
    }

    var context: WriteContext {
        WriteContext(isDryRun: dryRun, idempotencyKey: idempotencyKey, prompt: prompt, reason: reason)
    }
}
