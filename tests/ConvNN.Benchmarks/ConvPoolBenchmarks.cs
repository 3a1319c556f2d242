using BenchmarkDotNet.Attributes;
using ConvNN.Kernels.Convolution;
using ConvNN.Kernels.ConvPool;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Benchmarks;

/// <summary>Convolution, rectifier and pool as one operation, of the sizes of <see cref="Conv2dBenchmarks"/>.</summary>
public class ConvPoolBenchmarks : KernelBenchmarks
{
    private ConvPoolGeometry _geometry;
    private AlignedBuffer _x = null!;
    private AlignedBuffer _dy = null!;
    private AlignedBuffer _w = null!;
    private AlignedBuffer _b = null!;
    private AlignedBuffer _y = null!;
    private AlignedBuffer _dx = null!;
    private AlignedBuffer _dw = null!;
    private AlignedBuffer _db = null!;
    private AlignedBuffer _scratch = null!;
    private byte[] _winners = [];

    /// <summary>Channels, side of the input, filters.</summary>
    [Params("1×28×28 to 8", "32×13×13 to 64")]
    public string Sizes { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        (int channels, int side, int filters) = Sizes[0] == '1' ? (1, 28, 8) : (32, 13, 64);
        Conv2dGeometry convolution = new()
        {
            Samples = Samples,
            Channels = channels,
            Height = side,
            Width = side,
            Filters = filters,
            KernelHeight = 3,
            KernelWidth = 3,
        };
        _geometry = new ConvPoolGeometry(convolution);
        _x = Filled(Samples * convolution.InputStride);
        _dy = Filled(Samples * _geometry.OutputStride);
        _w = Filled(filters * convolution.TapStride);
        _b = Filled(filters);
        _y = new AlignedBuffer(_dy.Length);
        _dx = new AlignedBuffer(_x.Length);
        _dw = new AlignedBuffer(_w.Length);
        _db = new AlignedBuffer(filters);
        _winners = new byte[Samples * _geometry.OutputCount];
        _scratch = new AlignedBuffer(Math.Max(Definition.ConvPool.ScratchLength(_geometry), Vectors.ConvPool.ScratchLength(_geometry)));
        Forward(Vectors.ConvPool);
    }

    [Benchmark(Baseline = true), BenchmarkCategory("forward")]
    public void Forward_Reference() => Forward(Definition.ConvPool);

    [Benchmark, BenchmarkCategory("forward")]
    public void Forward_Vectors() => Forward(Vectors.ConvPool);

    [Benchmark(Baseline = true), BenchmarkCategory("input gradient")]
    public void InputGradient_Reference() => InputGradient(Definition.ConvPool);

    [Benchmark, BenchmarkCategory("input gradient")]
    public void InputGradient_Vectors() => InputGradient(Vectors.ConvPool);

    [Benchmark(Baseline = true), BenchmarkCategory("weight gradient")]
    public void WeightGradient_Reference() => WeightGradient(Definition.ConvPool);

    [Benchmark, BenchmarkCategory("weight gradient")]
    public void WeightGradient_Vectors() => WeightGradient(Vectors.ConvPool);

    private void Forward(ConvPoolKernels kernels) => kernels.Forward(_x.Span, _w.Span, _b.Span, _y.Span, _winners, _scratch.Span, _geometry);

    private void InputGradient(ConvPoolKernels kernels) => kernels.InputGradient(_dy.Span, _winners, _w.Span, _dx.Span, _scratch.Span, _geometry);

    private void WeightGradient(ConvPoolKernels kernels) =>
        kernels.ParameterGradient(_x.Span, _dy.Span, _winners, _dw.Span, _db.Span, Edges, _scratch.Span, _geometry);
}
