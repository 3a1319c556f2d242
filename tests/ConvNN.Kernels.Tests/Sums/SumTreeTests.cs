using ConvNN.Kernels.Sums;

namespace ConvNN.Kernels.Tests.Sums;

public class SumTreeTests
{
    private static readonly int[] LeafCounts = [.. Enumerable.Range(1, 16), 63, 64];

    [Fact]
    public void Cover_EveryRun_IsTiledByNodesOfTheTreeInOrder()
    {
        foreach (int leaves in LeafCounts)
        {
            HashSet<(int, int)> nodes = [.. Nodes(0, leaves)];
            for (int lo = 0; lo < leaves; lo++)
            {
                for (int hi = lo + 1; hi <= leaves; hi++)
                {
                    int next = lo;
                    foreach ((int nodeLo, int nodeHi) in SumTree.Cover(leaves, lo, hi))
                    {
                        Assert.True(nodeLo == next, $"[{lo}, {hi}) of {leaves}: expected a subtree from {next}, actual from {nodeLo}.");
                        Assert.True(nodes.Contains((nodeLo, nodeHi)), $"[{lo}, {hi}) of {leaves}: [{nodeLo}, {nodeHi}) is no node.");
                        next = nodeHi;
                    }

                    Assert.True(next == hi, $"[{lo}, {hi}) of {leaves}: expected subtrees up to {hi}, actual to {next}.");
                }
            }
        }
    }

    [Fact]
    public void Complete_LeavesAddedToAStack_GiveTheSumOfTheTree()
    {
        foreach (int leaves in LeafCounts)
        {
            float[] values = [.. Enumerable.Range(0, leaves).Select(leaf => 1f / (3 + (leaf * leaf)))];
            int[] complete = new int[leaves];
            Stack<float> unfinished = [];
            int deepest = 0;

            int most = SumTree.Complete(complete);

            foreach ((int leaf, float value) in values.Index())
            {
                float sum = value;
                for (int n = 0; n < complete[leaf]; n++)
                {
                    sum = unfinished.Pop() + sum;
                }

                unfinished.Push(sum);
                deepest = Math.Max(deepest, unfinished.Count);
            }

            Assert.Equal([SumTree.Join(values)], unfinished);
            Assert.Equal(deepest, most);
            Assert.InRange(most, 1, 7);
        }
    }

    [Fact]
    public void Cover_EveryRun_TakesTheLargestSubtrees()
    {
        foreach (int leaves in LeafCounts)
        {
            List<(int Lo, int Hi)> nodes = [.. Nodes(0, leaves)];
            for (int lo = 0; lo < leaves; lo++)
            {
                for (int hi = lo + 1; hi <= leaves; hi++)
                {
                    IReadOnlyList<(int Lo, int Hi)> cover = SumTree.Cover(leaves, lo, hi);
                    (int Lo, int Hi)[] inside = [.. nodes.Where(node => lo <= node.Lo && node.Hi <= hi)];

                    Assert.All(cover, subtree => Assert.DoesNotContain(
                        inside, node => node != subtree && node.Lo <= subtree.Lo && subtree.Hi <= node.Hi));
                }
            }
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 3)]
    [InlineData(8, 8)]
    public void Cover_NoLeaves_IsEmpty(int lo, int hi) => Assert.Empty(SumTree.Cover(8, lo, hi));

    [Fact]
    public void Cover_WholeTree_IsItself() => Assert.Equal([(0, 13)], SumTree.Cover(13, 0, 13));

    [Fact]
    public void Join_EveryCount_EqualsTheRecursionWrittenOut()
    {
        foreach (int count in LeafCounts)
        {
            float[] leaves = Tensors.Values(count, seed: count);
            double[] doubles = [.. leaves.Select(leaf => (double)leaf)];

            BitAssert.Equal([Recursion(leaves, 0, count)], [SumTree.Join(leaves)], $"{count} leaves");
            Assert.Equal(Recursion(doubles, 0, count), SumTree.Join(doubles));
        }
    }

    [Fact]
    public void Join_NoLeaves_IsPositiveZero()
    {
        BitAssert.Equal([0f], [SumTree.Join(ReadOnlySpan<float>.Empty)], "no leaves");
        Assert.Equal(0L, BitConverter.DoubleToInt64Bits(SumTree.Join(ReadOnlySpan<double>.Empty)));
    }

    /// <summary>1 + ((ε + ε) + ...) in pairs keeps what a chain would lose.</summary>
    [Fact]
    public void Join_Pairs_AddsNeighboursFirst()
    {
        const float half = 1f / (1 << 24);

        Assert.Equal(1f + (2 * half), SumTree.Join([1f, 0f, half, half]));
    }

    [Fact]
    public void Join_EmptyLeaves_CountAsDroppedOnes()
    {
        Random random = new(5);
        foreach (int count in LeafCounts)
        {
            for (int trial = 0; trial < 20; trial++)
            {
                float?[] leaves = [.. Tensors.Values(count, seed: trial).Select(leaf => random.Next(3) == 0 ? null : (float?)(leaf + 0f))];
                float[] asZeros = [.. leaves.Select(leaf => leaf ?? 0f)];

                BitAssert.Equal([Dropping(leaves, 0, count) ?? 0f], [SumTree.Join(asZeros)], $"{count} leaves, trial {trial}");
            }
        }
    }

    private static IEnumerable<(int Lo, int Hi)> Nodes(int lo, int hi)
    {
        int middle = (lo + hi) / 2;
        return hi - lo == 1 ? [(lo, hi)] : [(lo, hi), .. Nodes(lo, middle), .. Nodes(middle, hi)];
    }

    private static float Recursion(float[] leaves, int lo, int hi) =>
        hi - lo == 1 ? leaves[lo] : Recursion(leaves, lo, (lo + hi) / 2) + Recursion(leaves, (lo + hi) / 2, hi);

    private static double Recursion(double[] leaves, int lo, int hi) =>
        hi - lo == 1 ? leaves[lo] : Recursion(leaves, lo, (lo + hi) / 2) + Recursion(leaves, (lo + hi) / 2, hi);

    private static float? Dropping(float?[] leaves, int lo, int hi)
    {
        if (hi - lo == 1)
        {
            return leaves[lo];
        }

        (float? left, float? right) = (Dropping(leaves, lo, (lo + hi) / 2), Dropping(leaves, (lo + hi) / 2, hi));
        return left is null ? right : right is null ? left : left + right;
    }
}
