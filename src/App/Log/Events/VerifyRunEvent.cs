namespace ConvNN.App.Log.Events;

/// <summary>A run of <c>convnn verify</c>.</summary>
/// <param name="Workers">The number of its workers.</param>
/// <param name="Kernels">The kernels it used: <c>AVX-512</c>.</param>
/// <param name="ImagesPerSecond">The training speed of its last epoch.</param>
/// <param name="WeightsSha256">SHA-256 of the weights.</param>
internal sealed record VerifyRunEvent(int Workers, string Kernels, double ImagesPerSecond, string WeightsSha256) : RunEvent("run")
{
    /// <inheritdoc/>
    public override IEnumerable<Field> Fields =>
        [new("workers", Workers), new("kernels", Kernels), Field.Speed(ImagesPerSecond), new("weights_sha256", WeightsSha256)];
}
