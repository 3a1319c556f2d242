using ConvNN.Model.Parameters;

namespace ConvNN.Model.Checking;

/// <summary>
/// Chooses the coordinates of a tensor to compare: all of a small tensor; for a large one, half evenly spaced and half where
/// the gradient is largest.
/// </summary>
internal static class CheckPlaces
{
    /// <summary>The indices in the flat buffer, in order.</summary>
    /// <param name="parameter">The tensor.</param>
    /// <param name="gradient">The gradient, laid out like the weights.</param>
    /// <param name="most">The maximum number of coordinates.</param>
    public static IEnumerable<int> Of(Parameter parameter, float[] gradient, int most)
    {
        int PlaceOf(int i) => parameter.Offset + (i / parameter.RowLength * parameter.RowStride) + (i % parameter.RowLength);

        IEnumerable<int> all = Enumerable.Range(0, parameter.Count).Select(PlaceOf);
        if (parameter.Count <= most)
        {
            return all;
        }

        // Evenly spaced places find gradients that are missing, the largest those that are too large; many gradients are 0.
        int even = most / 2;
        return Enumerable.Range(0, even).Select(i => PlaceOf((int)((long)i * parameter.Count / even)))
            .Concat(all.OrderByDescending(place => Math.Abs(gradient[place])).Take(most - even))
            .Distinct()
            .Order();
    }
}
