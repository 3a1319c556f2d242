using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Probes;

/// <summary>
/// Loops that do one thing as fast as a core can: what kernels are measured against. Their results mean nothing, but
/// somebody has to take them, or the compiler would drop the work.
/// </summary>
public abstract class MachineProbe
{
    /// <summary>
    /// Independent chains of multiply-adds. Two units with a latency of four cycles, as Zen 2 to 5 and Skylake to Sapphire
    /// Rapids have them, are full with eight; twelve and two factors still fit the 16 registers of AVX2.
    /// </summary>
    protected const int Chains = 12;

    /// <summary>Floating-point operations of a round of <see cref="MultiplyAdds"/>; a multiply-add counts as two.</summary>
    public abstract int OperationsPerRound { get; }

    /// <summary>Fused multiply-adds that stay in registers: nothing but the arithmetic units limits them.</summary>
    /// <param name="rounds">Links of each chain.</param>
    public abstract float MultiplyAdds(int rounds);

    /// <summary>Reads memory once, from end to end.</summary>
    /// <param name="source">The memory, at least 64 floats; what is left behind the last 64 is passed over.</param>
    public abstract float Read(ReadOnlySpan<float> source);

    /// <summary><c>target[i] = x[i] + factor · y[i]</c>, the triad of McCalpin's STREAM (https://www.cs.virginia.edu/stream/ref.html).</summary>
    /// <param name="target">Assigned.</param>
    /// <param name="x">Of the same length.</param>
    /// <param name="y">Of the same length.</param>
    /// <param name="factor">The factor.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Triad(Span<float> target, ReadOnlySpan<float> x, ReadOnlySpan<float> y, float factor)
    {
        KernelGuard.SameLength(x, y);
        KernelGuard.SameLength<float>(x, target);
        TriadCore(target, x, y, factor);
    }

    private protected abstract void TriadCore(Span<float> target, ReadOnlySpan<float> x, ReadOnlySpan<float> y, float factor);
}
