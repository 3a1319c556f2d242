using BenchmarkDotNet.Attributes;
using ConvNN.Kernels.Dense;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Benchmarks;

/// <summary>The first dense layer of the default network: 1352 inputs, 128 units.</summary>
public class DenseBenchmarks : KernelBenchmarks
{
    private static readonly DenseGeometry Geometry = new(Samples, Inputs: 1352, Units: 128);

    private readonly AlignedBuffer _x = Filled(Samples * Geometry.InputStride);
    private readonly AlignedBuffer _dy = Filled(Samples * Geometry.UnitStride);
    private readonly AlignedBuffer _w = Filled(Geometry.Units * Geometry.InputStride);
    private readonly AlignedBuffer _b = Filled(Geometry.Units);
    private readonly AlignedBuffer _y = new(Samples * Geometry.UnitStride);
    private readonly AlignedBuffer _dx = new(Samples * Geometry.InputStride);
    private readonly AlignedBuffer _dw = new(Geometry.Units * Geometry.InputStride);
    private readonly AlignedBuffer _db = new(Geometry.Units);

    [Benchmark(Baseline = true), BenchmarkCategory("forward")]
    public void Forward_Reference() => Forward(Definition.Dense);

    [Benchmark, BenchmarkCategory("forward")]
    public void Forward_Vectors() => Forward(Vectors.Dense);

    [Benchmark(Baseline = true), BenchmarkCategory("input gradient")]
    public void InputGradient_Reference() => Definition.Dense.InputGradient(_dy.Span, _w.Span, _dx.Span, Geometry);

    [Benchmark, BenchmarkCategory("input gradient")]
    public void InputGradient_Vectors() => Vectors.Dense.InputGradient(_dy.Span, _w.Span, _dx.Span, Geometry);

    [Benchmark(Baseline = true), BenchmarkCategory("weight gradient")]
    public void WeightGradient_Reference() => WeightGradient(Definition.Dense);

    [Benchmark, BenchmarkCategory("weight gradient")]
    public void WeightGradient_Vectors() => WeightGradient(Vectors.Dense);

    private void Forward(DenseKernels kernels) => kernels.Forward(_x.Span, _w.Span, _b.Span, _y.Span, Geometry);

    private void WeightGradient(DenseKernels kernels) => kernels.ParameterGradient(_x.Span, _dy.Span, _dw.Span, _db.Span, Edges, Geometry);
}
