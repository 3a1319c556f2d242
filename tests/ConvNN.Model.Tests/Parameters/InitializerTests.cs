using ConvNN.Model.Layers;
using ConvNN.Model.Parameters;
using ConvNN.Model.Randomness;

namespace ConvNN.Model.Tests.Parameters;

public class InitializerTests
{
    private static readonly RandomStream Stream = new(1, RandomPurpose.Initialization, layer: 2);

    /// <summary>Variances by name, for 12 inputs and 20 outputs.</summary>
    public static TheoryData<string, string?, double> Variances { get; } = new()
    {
        { "he-normal", null, 2.0 / 12 },
        { "he-normal", Activation.Softmax, 1.0 / 12 },
        { "he-uniform", Activation.Gelu, 2.0 / 12 },
        { "he-uniform", Activation.Tanh, 1.0 / 12 },
        { "glorot-normal", null, 2.0 / 32 },
        { "glorot-uniform", null, 2.0 / 32 },
        { "lecun-normal", null, 1.0 / 12 },
        { "lecun-uniform", Activation.Relu, 1.0 / 12 },
    };

    [Fact]
    public void KaimingNormal_Element_IsTheScaledNormalOfItsPlace() =>
        Assert.Equal((float)(Math.Sqrt(2.0 / 9) * Stream.Normal(5)), Filled(Initializer.KaimingNormal(9), 2, 3)[1][2]);

    [Fact]
    public void KaimingNormal_NoInputs_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.KaimingNormal(0));

    [Fact]
    public void Zeros_Elements_AreZero() => Assert.All(Filled(Initializer.Zeros, 2, 3).SelectMany(row => row), value => Assert.Equal(0f, value));

    [Fact]
    public void Of_WithoutAName_IsHesNormal() =>
        Assert.Equal(
            Filled(Initializer.KaimingNormal(12, Activation.Softmax), 3, 4),
            Filled(WeightInitializer.Of("dense", null, null, new(12, 20, Activation.Softmax)), 3, 4));

    [Theory]
    [MemberData(nameof(Variances))]
    public void Of_Name_HasItsVariance(string name, string? activation, double variance)
    {
        float[] values = [.. Filled(WeightInitializer.Of("dense", name, null, new(12, 20, activation)), 100, 200).SelectMany(row => row)];

        // Of 20,000 normal numbers the mean square is off by √(2/n) at one deviation, of uniform ones by less; five are allowed.
        double share = values.Average(value => (double)value * value) / variance;
        Assert.InRange(share, 1 - (5 * Math.Sqrt(2.0 / values.Length)), 1 + (5 * Math.Sqrt(2.0 / values.Length)));
        Assert.InRange(values.Average(value => (double)value), -5 * Math.Sqrt(variance / values.Length), 5 * Math.Sqrt(variance / values.Length));
        Assert.Equal(name.EndsWith("uniform", StringComparison.Ordinal), values.Max(Math.Abs) <= Math.Sqrt(3 * variance));
    }

    [Theory]
    [InlineData(5, 9)]
    [InlineData(9, 5)]
    [InlineData(6, 6)]
    [InlineData(1, 4)]
    public void Orthogonal_Tensor_HasOrthogonalRowsOrColumnsOfLengthOne(int rows, int columns)
    {
        float[][] matrix = Filled(Initializer.Orthogonal, rows, columns);
        float[][] vectors = rows > columns ? [.. Enumerable.Range(0, columns).Select(c => matrix.Select(row => row[c]).ToArray())] : matrix;
        for (int i = 0; i < vectors.Length; i++)
        {
            for (int j = 0; j < vectors.Length; j++)
            {
                // Each value is rounded once, by 2⁻²⁵ at most.
                Assert.Equal(i == j ? 1.0 : 0.0, vectors[i].Zip(vectors[j], (a, b) => (double)a * b).Sum(), vectors[i].Length / (double)(1 << 24));
            }
        }
    }

    [Fact]
    public void Of_Constant_TakesItsValueAndNoOtherDoes()
    {
        WeightInitializer.Fan fan = new(12, 20, null);

        Assert.All(Filled(WeightInitializer.Of("dense", "constant", 0.25, fan), 2, 3).SelectMany(row => row), value => Assert.Equal(0.25f, value));
        Assert.Equal(
            "dense needs an InitialValue with the Initializer constant but gets none.",
            Assert.Throws<LayerMisfitException>(() => WeightInitializer.Of("dense", "constant", null, fan)).Message);
        Assert.Equal(
            "dense takes an InitialValue only with the Initializer constant but gets 0.5.",
            Assert.Throws<LayerMisfitException>(() => WeightInitializer.Of("dense", "orthogonal", 0.5, fan)).Message);
        Assert.StartsWith(
            "Initializer 'he-norml' is not known; did you mean he-normal?",
            Assert.Throws<LayerMisfitException>(() => WeightInitializer.Of("dense", "he-norml", null, fan)).Message,
            StringComparison.Ordinal);
    }

    private static float[][] Filled(Initializer initializer, int rows, int columns)
    {
        Parameter parameter = new ParameterLayout().Add(new ParameterKey("a", 0, "weight", 0), [rows, columns], initializer);
        float[] values = new float[parameter.Length];
        initializer.Fill(Stream, parameter.Values(values));
        return [.. Enumerable.Range(0, rows).Select(row => parameter.Row(values.AsSpan(), row).ToArray())];
    }
}
