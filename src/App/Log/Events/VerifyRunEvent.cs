namespace ConvNN.App.Log.Events;

/// <summary>A run of <c>convnn verify</c>.</summary>
/// <param name="Workers">The number of its workers; the most, if it changes.</param>
/// <param name="Kernels">The kernels it used: <c>AVX-512</c>.</param>
/// <param name="ImagesPerSecond">The training speed of its last epoch.</param>
/// <param name="WeightsSha256">SHA-256 of the weights.</param>
internal sealed record VerifyRunEvent(int Workers, string Kernels, double ImagesPerSecond, string WeightsSha256) : RunEvent("run")
{
    /// <summary>Whether the number of workers changed at random every few steps.</summary>
    public bool IsChanging { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<Field> Fields =>
        [new("workers", Workers), new("changing", IsChanging ? true : null), new("kernels", Kernels), Field.Speed(ImagesPerSecond), new("weights_sha256", WeightsSha256)];
}
