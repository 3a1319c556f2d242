using ConvNN.Kernels;
using ConvNN.Kernels.Sums;
using ConvNN.Model.Losses;
using ConvNN.Model.Networks;
using ConvNN.Model.Parameters;
using ConvNN.Model.Samples;

namespace ConvNN.Model.Checking;

/// <summary>
/// Compares the gradients that the backward pass computes in single precision with central differences of the loss,
/// <c>(L(w + h) − L(w − h)) / 2h</c>, which the layers' definitions compute in double precision.
/// </summary>
/// <remarks>
/// <para>In double precision, the truncation and rounding errors of the quotient are about 10⁻⁹ of it, so any difference
/// comes from rounding in the backward pass. To first order it is at most K · 2⁻²⁴ of the terms of the sums, where K is the
/// number of roundings on the longest path through forward, loss and backward to a tensor. This is the tolerance, relative
/// to the largest gradient of the tensor.</para>
/// <para>Rectifiers and maxima have kinks. If one of the two points takes different branches from the point between them,
/// there is a kink, and the coordinate is skipped and counted. If single and double precision take different branches for a
/// sample, the sample itself is on a kink and is skipped.</para>
/// </remarks>
/// <param name="network">The network.</param>
/// <param name="loss">The loss.</param>
/// <param name="kernels">The kernels to check.</param>
public sealed class GradientCheck(Network network, ILoss loss, KernelSet kernels)
{
    // About the cube root of double precision: both truncation and rounding of the quotient are small.
    private const double Step = 1.0 / (1 << 17);
    private const double UnitRoundoff = 1.0 / (1 << 24);
    private const int Leaves = 8;

    /// <summary>Number of samples that the last check skipped because they are on a kink.</summary>
    public int SamplesOnKinks { get; private set; }

    /// <summary>
    /// Moves weights that are exactly zero, such as initial biases, by up to 0.05: otherwise a rectifier would be on its kink
    /// wherever the image is black, and nothing could be compared.
    /// </summary>
    /// <param name="layout">The layout of the weights.</param>
    /// <param name="weights">The weights; changed in place.</param>
    public static void LeaveKinks(ParameterLayout layout, Span<float> weights)
    {
        const double GoldenRatio = 0.6180339887498949;
        int moved = 0;
        foreach (Parameter parameter in layout.Parameters)
        {
            for (int row = 0; row < parameter.Rows; row++)
            {
                foreach (ref float weight in parameter.Row(weights, row))
                {
                    weight = weight == 0 ? (float)(0.1 * (((++moved * GoldenRatio) % 1) - 0.5)) : weight;
                }
            }
        }
    }

    /// <summary>Compares the gradients of each trained tensor.</summary>
    /// <param name="run">The samples and weights.</param>
    /// <param name="coordinates">The maximum number of coordinates to compare per tensor.</param>
    /// <param name="cancellationToken">Cancels between coordinates.</param>
    /// <returns>A result for each trained tensor.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<TensorCheck> Run(in SampleRun run, int coordinates, CancellationToken cancellationToken = default)
    {
        double[] weights = ToDoubles(run.Weights);
        CheckedSample[] samples = Define(run, weights);
        float[] gradient = Backward(run, samples);
        CheckedSample[] settled = [.. samples.Where(sample => sample.IsSettled)];
        SamplesOnKinks = samples.Length - settled.Length;

        // A skipped sample still counts in the statistics of its leaf.
        CheckedSample[] seen = SeesLeaves ? samples : settled;
        return
        [
            .. network.Layout.Parameters.Where(parameter => parameter.IsTrained)
                .Select(parameter => Compare(parameter, gradient, weights, seen, coordinates, cancellationToken)),
        ];
    }

    /// <summary>Whether a layer combines the samples of a leaf; if so, the check uses one leaf with all samples.</summary>
    private bool SeesLeaves => network.Layout.StatisticsLength > 0;

    /// <summary>K: the number of roundings on the longest path to a tensor's gradient.</summary>
    internal long RoundingsTo(int layer, int samples)
    {
        long roundings = network.Output.Count;                                   // the softmax's sum, and the loss
        for (int l = 0; l < network.Layers.Count; l++)
        {
            roundings += 1 + TermsOf(l, network.Layers[l].Output.Count);
            roundings += l > layer ? 1 + TermsOf(l, network.Layers[l].Input.Count) : 0;
        }

        long largest = network.Layout.Parameters.Where(parameter => parameter.Key.Ordinal == layer).Max(parameter => parameter.Count);
        return roundings + (samples * (1 + TermsOf(layer, largest)));
    }

    private static double[] ToDoubles(ReadOnlySpan<float> values)
    {
        double[] doubles = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            doubles[i] = values[i];
        }

        return doubles;
    }

    /// <summary>Multiply-adds of a layer per result.</summary>
    private long TermsOf(int layer, long results) => network.Layers[layer].Operations / 2 / results;

    /// <summary>Runs all samples through the definition once.</summary>
    private CheckedSample[] Define(in SampleRun run, double[] weights)
    {
        CheckedSample[] samples = new CheckedSample[run.Count];
        for (int n = 0; n < samples.Length; n++)
        {
            double[][] inputs = new double[network.Layers.Count][];
            inputs[0] = ToDoubles(run.Images.Slice(n * network.Input.Stride, network.Input.Count));
            samples[n] = new CheckedSample(run.Labels[n], run.Indices[n], inputs) { IsTraining = run.IsTraining, Seed = run.Seed, Epoch = run.Epoch };
        }

        new DefinedNetwork(network, loss, weights).Run(samples);
        return samples;
    }

    /// <summary>The gradient to check, summed over the samples; those on a kink contribute nothing.</summary>
    private float[] Backward(in SampleRun bare, CheckedSample[] samples)
    {
        LeafCut cut = new(bare.Count, SeesLeaves ? 1 : Leaves);
        int[] edges = [.. Enumerable.Range(0, cut.Leaves + 1).Select(cut.Start)];
        SampleRun run = bare with { Leaves = new LeafRun { First = 0, Edges = edges, Statistics = new LeafStatistics(network.Layout, cut.Leaves) } };
        Workspace workspace = new(network, run.Count, kernels);
        ReadOnlySpan<float> outputs = network.Forward(run, workspace);
        Span<float> dy = workspace.OutputGradient(run.Count);
        DefinedNetwork defined = new(network, loss, ToDoubles(run.Weights));

        // Fused layers give the same bits as the plain ones, but only the plain ones expose the values in between.
        Workspace plain = new(network.Layers, run.Count, kernels);
        network.Forward(run, plain);
        for (int n = 0; n < samples.Length; n++)
        {
            Span<float> sample = dy.Slice(n * network.Output.Stride, network.Output.Stride);
            loss.Evaluate(outputs.Slice(n * network.Output.Stride, network.Output.Count), run.Labels[n], sample[..network.Output.Count]);
            sample[network.Output.Count..].Clear();
            samples[n].IsSettled = HasSameChoices(run, plain, n, samples[n], defined);
            if (!samples[n].IsSettled)
            {
                sample.Clear();
            }
        }

        SubtreeGradient sum = new(0, cut.Leaves, network.Layout.TrainedLength);
        sum.Cut(cut, firstSample: 0);
        network.Backward(run, workspace, [sum]);
        return sum.Values.ToArray();
    }

    /// <summary>Whether every layer takes the same branches for the kernels' values as in double precision.</summary>
    private bool HasSameChoices(in SampleRun run, Workspace plain, int n, CheckedSample sample, DefinedNetwork defined)
    {
        for (int l = 0; l < network.Layers.Count; l++)
        {
            Shape shape = network.Layers[l].Input;
            double[] computed = ToDoubles(plain.Input(l, run).Slice(n * shape.Stride, shape.Count));
            if (defined.Choices(sample, l, computed) != defined.Choices(sample, l, sample.Inputs[l]))
            {
                return false;
            }
        }

        return true;
    }

    private TensorCheck Compare(
        Parameter parameter, float[] gradient, double[] weights, CheckedSample[] samples, int coordinates, CancellationToken cancellationToken)
    {
        int[] places = [.. CheckPlaces.Of(parameter, gradient, coordinates)];
        double[] numeric = new double[places.Length];
        int layer = parameter.Key.Ordinal;
        DefinedNetwork defined = new(network, loss, weights);
        ulong choices = defined.Loss(samples, layer).Choices;
        Parallel.For(
            0,
            places.Length,
            new ParallelOptions { CancellationToken = cancellationToken },
            () => (double[])weights.Clone(),
            (i, _, own) =>
            {
                numeric[i] = Quotient(own, places[i], layer, samples, choices);
                return own;
            },
            _ => { });

        int[] smooth = [.. Enumerable.Range(0, places.Length).Where(i => !double.IsNaN(numeric[i]))];
        double scale = smooth.Length == 0 ? 0 : smooth.Max(i => Math.Max(Math.Abs(numeric[i]), Math.Abs((double)gradient[places[i]])));
        scale = Math.Max(scale, SeesLeaves ? LargestOfLayer(layer, gradient) : 0);
        double Difference(int i) => Math.Abs(numeric[i] - gradient[places[i]]) is var difference && difference == 0 ? 0 : difference / scale;

        // NaN counts as the worst.
        int worst = smooth.Length == 0 ? -1 : smooth.MaxBy(i => Difference(i) is var d && double.IsNaN(d) ? double.PositiveInfinity : d);
        return new TensorCheck(parameter)
        {
            Checked = smooth.Length,
            Kinks = places.Length - smooth.Length,
            Scale = scale,
            LargestDifference = worst < 0 ? 0 : Difference(worst),
            Tolerance = RoundingsTo(layer, samples.Length) * UnitRoundoff,
            Worst = worst < 0 ? null : network.Layout.Describe(places[worst]),
        };
    }

    /// <summary>
    /// The largest gradient of a layer. A bias before a batch norm has no gradient, since the mean is subtracted: only the
    /// rounding errors of what cancels are left.
    /// </summary>
    private double LargestOfLayer(int layer, float[] gradient) =>
        network.Layout.Parameters.Where(parameter => parameter.IsTrained && parameter.Key.Ordinal == layer)
            .Max(parameter => gradient.Skip(parameter.Offset).Take(parameter.Length).Max(value => Math.Abs((double)value)));

    /// <summary>The difference quotient of the loss in one weight; NaN if there is a kink between the points.</summary>
    private double Quotient(double[] weights, int place, int layer, CheckedSample[] samples, ulong choices)
    {
        DefinedNetwork defined = new(network, loss, weights);
        double middle = weights[place];
        double right = middle + (Step * Math.Max(1, Math.Abs(middle)));
        double left = middle - (Step * Math.Max(1, Math.Abs(middle)));
        weights[place] = right;
        (double above, ulong choicesAbove) = defined.Loss(samples, layer);
        weights[place] = left;
        (double below, ulong choicesBelow) = defined.Loss(samples, layer);
        weights[place] = middle;
        return choicesAbove != choices || choicesBelow != choices ? double.NaN : (above - below) / (right - left);
    }
}
