using BenchmarkDotNet.Attributes;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Benchmarks;

/// <summary>Elementwise operations on as many values as the default network has weights: 0.7 MB an operand, which L2 holds.</summary>
public class ElementwiseBenchmarks : KernelBenchmarks
{
    private const int Length = 182_176;

    private readonly AlignedBuffer _x = Filled(Length);
    private readonly AlignedBuffer _y = Filled(Length);
    private readonly AlignedBuffer _target = new(Length);

    [Benchmark(Baseline = true), BenchmarkCategory("rectifier")]
    public void Relu_Reference() => Definition.Elementwise.Relu(_x.Span, _target.Span);

    [Benchmark, BenchmarkCategory("rectifier")]
    public void Relu_Vectors() => Vectors.Elementwise.Relu(_x.Span, _target.Span);

    [Benchmark(Baseline = true), BenchmarkCategory("rectifier's gradient")]
    public void ReluGradient_Reference() => Definition.Elementwise.ReluGradient(_x.Span, _y.Span, _target.Span);

    [Benchmark, BenchmarkCategory("rectifier's gradient")]
    public void ReluGradient_Vectors() => Vectors.Elementwise.ReluGradient(_x.Span, _y.Span, _target.Span);

    [Benchmark(Baseline = true), BenchmarkCategory("sum of gradients")]
    public void Add_Reference() => Definition.Elementwise.Add(_target.Span, _x.Span);

    [Benchmark, BenchmarkCategory("sum of gradients")]
    public void Add_Vectors() => Vectors.Elementwise.Add(_target.Span, _x.Span);

    [Benchmark(Baseline = true), BenchmarkCategory("step of sgd")]
    public void AddScaled_Reference() => Definition.Elementwise.AddScaled(_target.Span, -1e-6f, _x.Span);

    [Benchmark, BenchmarkCategory("step of sgd")]
    public void AddScaled_Vectors() => Vectors.Elementwise.AddScaled(_target.Span, -1e-6f, _x.Span);

    [Benchmark(Baseline = true), BenchmarkCategory("search for NaN")]
    public int IndexOfNonFinite_Reference() => Definition.Elementwise.IndexOfNonFinite(_x.Span);

    [Benchmark, BenchmarkCategory("search for NaN")]
    public int IndexOfNonFinite_Vectors() => Vectors.Elementwise.IndexOfNonFinite(_x.Span);
}
