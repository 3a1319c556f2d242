namespace ConvNN.App.Log.Events;

/// <summary>What <c>convnn verify</c> is about to compare.</summary>
/// <param name="Runs">The number of runs.</param>
/// <param name="Epochs">The number of epochs of each run.</param>
internal sealed record VerifyEvent(int Runs, int Epochs) : RunEvent("verify")
{
    /// <inheritdoc/>
    public override IEnumerable<Field> Fields => [new("runs", Runs), new("epochs", Epochs)];
}
