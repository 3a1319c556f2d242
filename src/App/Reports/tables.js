// Sorts tables of the class "sortable" by the column whose head is pressed: numbers by the value of their cell, words by their text,
// what is unknown last.
for (const table of document.querySelectorAll('table.sortable')) {
  const [head, ...rows] = table.rows;
  const valueOf = (row, column) => row.cells[column].dataset.value;
  const compare = (a, b) => isNaN(a) || isNaN(b) ? a.localeCompare(b) : a - b;
  [...head.cells].forEach((cell, column) => {
    cell.querySelector('button').addEventListener('click', () => {
      const isRising = cell.ariaSort !== 'ascending';
      for (const other of head.cells) other.ariaSort = 'none';
      cell.ariaSort = isRising ? 'ascending' : 'descending';
      const isUnknown = row => valueOf(row, column) === undefined;
      rows.sort((a, b) => isUnknown(a) || isUnknown(b) ? isUnknown(a) - isUnknown(b) : (isRising ? 1 : -1) * compare(valueOf(a, column), valueOf(b, column)));
      rows[0].parentElement.append(...rows);
    });
  });
}
