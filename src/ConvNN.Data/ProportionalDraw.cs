namespace ConvNN.Data;

/// <summary>Draws some images so that each class has its share of them: a stratified draw.</summary>
internal static class ProportionalDraw
{
    /// <summary>Draws from images in a given order.</summary>
    /// <param name="order">The images; of each class, the first ones in this order are drawn.</param>
    /// <param name="labelOf">The class of an image.</param>
    /// <param name="count">How many are drawn, at most as many as there are.</param>
    /// <returns>The images that are drawn.</returns>
    public static int[] From(IReadOnlyList<int> order, Func<int, byte> labelOf, int count)
    {
        Dictionary<byte, int> sizes = order.GroupBy(labelOf).ToDictionary(group => group.Key, group => group.Count());
        Dictionary<byte, int> seen = sizes.ToDictionary(size => size.Key, _ => 0);

        // The k-th of n images of a class stands for the share (k + ½) / n of it: the smallest shares come first.
        return
        [
            .. order
                .Select(image => (Image: image, Label: labelOf(image)))
                .Select(item => (item.Image, item.Label, Share: (seen[item.Label]++ + 0.5) / sizes[item.Label]))
                .OrderBy(item => item.Share)
                .ThenBy(item => item.Label)
                .Take(count)
                .Select(item => item.Image),
        ];
    }
}
