namespace ConvNN.Model.Parameters;

/// <summary>Orthogonalisation in double precision, in a fixed order.</summary>
internal static class GramSchmidt
{
    /// <summary>
    /// Makes each vector orthogonal to those before it and of length 1, in place. The projections are subtracted twice, which
    /// is enough (Giraud et al., "Rounding error analysis of the classical Gram-Schmidt process", 2005).
    /// </summary>
    /// <param name="vectors">The vectors: linearly independent, of the same length, and at most as many as that length.</param>
    public static void Orthonormalize(double[][] vectors)
    {
        for (int i = 0; i < vectors.Length; i++)
        {
            double[] vector = vectors[i];
            for (int pass = 0; pass < 2; pass++)
            {
                for (int j = 0; j < i; j++)
                {
                    double share = Dot(vector, vectors[j]);
                    for (int k = 0; k < vector.Length; k++)
                    {
                        vector[k] = Math.FusedMultiplyAdd(-share, vectors[j][k], vector[k]);
                    }
                }
            }

            double length = Math.Sqrt(Dot(vector, vector));
            for (int k = 0; k < vector.Length; k++)
            {
                vector[k] /= length;
            }
        }
    }

    private static double Dot(double[] left, double[] right)
    {
        double sum = 0;
        for (int k = 0; k < left.Length; k++)
        {
            sum = Math.FusedMultiplyAdd(left[k], right[k], sum);
        }

        return sum;
    }
}
