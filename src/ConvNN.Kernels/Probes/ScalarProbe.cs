namespace ConvNN.Kernels.Probes;

/// <summary>The probes in scalar code, for machines without vectors.</summary>
internal sealed class ScalarProbe : MachineProbe
{
    public override int OperationsPerRound => 2 * 4;

    public override float MultiplyAdds(int rounds)
    {
        (float s0, float s1, float s2, float s3) = (0f, 1f, 2f, 3f);
        for (int round = 0; round < rounds; round++)
        {
            s0 = MathF.FusedMultiplyAdd(s0, 0.5f, 1f);
            s1 = MathF.FusedMultiplyAdd(s1, 0.5f, 1f);
            s2 = MathF.FusedMultiplyAdd(s2, 0.5f, 1f);
            s3 = MathF.FusedMultiplyAdd(s3, 0.5f, 1f);
        }

        return s0 + s1 + s2 + s3;
    }

    public override float Read(ReadOnlySpan<float> source)
    {
        float sum = 0f;
        foreach (float value in source)
        {
            sum += value;
        }

        return sum;
    }

    private protected override void TriadCore(Span<float> target, ReadOnlySpan<float> x, ReadOnlySpan<float> y, float factor)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = MathF.FusedMultiplyAdd(factor, y[i], x[i]);
        }
    }
}
