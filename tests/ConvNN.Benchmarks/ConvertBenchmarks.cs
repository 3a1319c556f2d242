using BenchmarkDotNet.Attributes;
using ConvNN.Kernels;
using ConvNN.Kernels.Elementwise;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Benchmarks;

/// <summary>Pixels to floats: an image of 28×28.</summary>
public class ConvertBenchmarks : KernelBenchmarks
{
    private readonly byte[] _pixels = [.. Enumerable.Range(0, 28 * 28).Select(i => (byte)i)];
    private readonly AlignedBuffer _values = new(28 * 28);

    [Benchmark(Baseline = true), BenchmarkCategory("to unit")]
    public void ToUnit_Reference() => ConvertKernels.ToUnit(_pixels, _values.Span, KernelTier.Reference);

    [Benchmark, BenchmarkCategory("to unit")]
    public void ToUnit_Vectors() => ConvertKernels.ToUnit(_pixels, _values.Span, KernelSet.BestTier);
}
