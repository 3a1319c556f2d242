using ConvNN.Kernels.Dense;
using ConvNN.Kernels.Optimizers;
using ConvNN.Kernels.Tests.Sums;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Tests.Dense;

/// <summary>Units of a small batch are processed by the shape of their sum.</summary>
public class DenseFewTermsTests
{
    /// <summary>Of few samples whose gradients are mostly zero, units have no term, one, a few of one leaf or of several, or more; in rows of any length.</summary>
    [Theory]
    [MemberData(nameof(Tiers.Vectors), MemberType = typeof(Tiers))]
    public void Step_FewTermsOfEachUnit_HasTheReferencesBitsAndTouchesNothingElse(KernelTier tier)
    {
        HashSet<string> shapes = [];
        foreach ((int samples, int leaves) in new[] { (2, 2), (8, 8), (10, 8), (10, 4), (17, 2), (25, 4), (32, 8), (32, 4), (33, 8) })
        {
            int[] edges = LeafEdges.Of(samples, leaves);
            foreach ((int inputs, int units, double terms) in new[] { (131, 70, 0.8), (131, 129, 2), (131, 33, 0), (9, 32, 2), (32, 64, 1), (64, 33, 2), (131, 31, 1) })
            {
                DenseProblem problem = new(new DenseGeometry(samples, inputs, units), seed: samples + units, (Content)(units % 4), bias: false, Math.Min(1, terms / samples));
                shapes.UnionWith(Enumerable.Range(0, units).Select(o => ShapeOf(problem, o, edges)));
                foreach (InputRun part in new InputRun[] { new(0, inputs), new(0, 8), new(3, 6), new(21, 73), new(64, 67), new(100, 31) }.Where(part => part.End <= inputs))
                {
                    DenseGeometry geometry = problem.Geometry with { Part = part };
                    float[] expected = [.. problem.W];
                    using GuardedMemory<float> x = new(problem.X), dy = new(problem.Dy), actual = new(problem.W);
                    WeightUpdate update = WeightUpdate.Descent(new(0.1f, DecayFactors.None));
                    KernelSet.For(KernelTier.Reference).Dense.Step(problem.X, problem.Dy, expected, edges, geometry, 0.37f, update);
                    KernelSet.For(tier).Dense.Step(x.Span, dy.Span, actual.Span, edges, geometry, 0.37f, update);

                    BitAssert.Equal(expected, actual.Span.ToArray(), $"{tier}, {geometry}, {leaves} leaves");
                }
            }
        }

        // Leaves in brackets are joined first; what has more than three terms is one more shape.
        Assert.Superset(new HashSet<string> { "", "1", "1+1", "2", "(1+1)+1", "1+(1+1)", "2+1", "1+2", "3", "more" }, shapes);

        static string ShapeOf(DenseProblem problem, int o, int[] edges)
        {
            int[] leafOf = [.. Enumerable.Range(0, problem.Geometry.Samples).Where(n => problem.Dy[(n * problem.Geometry.UnitStride) + o] != 0f).Select(n => edges.Count(edge => edge <= n))];
            int[] leaves = [.. leafOf.GroupBy(leaf => leaf).Select(leaf => leaf.Count())];
            return leafOf.Length > 3 ? "more"
                : leaves.Length < 3 ? string.Join('+', leaves)
                : ((leafOf[0] - 1) ^ (leafOf[1] - 1)) < ((leafOf[1] - 1) ^ (leafOf[2] - 1)) ? "(1+1)+1" : "1+(1+1)";
        }
    }
}
