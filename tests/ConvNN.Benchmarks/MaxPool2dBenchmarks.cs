using BenchmarkDotNet.Attributes;
using ConvNN.Kernels.Pooling;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Benchmarks;

/// <summary>The pool of the default network, 2×2 on 8×26×26. Its gradient is one scalar loop on every tier.</summary>
public class MaxPool2dBenchmarks : KernelBenchmarks
{
    private static readonly Pool2dGeometry Geometry = new(Samples, 8, 26, 26, 2, 2, 2, 2);

    private readonly AlignedBuffer _x = Filled(Samples * Geometry.InputStride);
    private readonly AlignedBuffer _dy = Filled(Samples * Geometry.OutputStride);
    private readonly AlignedBuffer _y = new(Samples * Geometry.OutputStride);
    private readonly AlignedBuffer _dx = new(Samples * Geometry.InputStride);
    private readonly ushort[] _winners = new ushort[Samples * Geometry.OutputCount];

    [Benchmark(Baseline = true), BenchmarkCategory("forward")]
    public void Forward_Reference() => Definition.MaxPool2d.Forward(_x.Span, _y.Span, _winners, Geometry);

    [Benchmark, BenchmarkCategory("forward")]
    public void Forward_Vectors() => Vectors.MaxPool2d.Forward(_x.Span, _y.Span, _winners, Geometry);

    [Benchmark, BenchmarkCategory("input gradient")]
    public void InputGradient() => MaxPool2dKernels.InputGradient(_dy.Span, _winners, _dx.Span, Geometry);
}
